/* The price of a call option and its five partial derivatives, as one would write them by hand: for each row
   spot, strike, time, rate, volatility -> price and the derivatives by these. */
#include <math.h>
#include <stddef.h>

void black_scholes(size_t rows, const double *restrict in, double *restrict out)
{
    const double inverse_root_2 = 0.70710678118654752440, inverse_root_2_pi = 0.39894228040143267794;
    for (size_t row = 0; row < rows; row++) {
        const double spot = in[5 * row], strike = in[5 * row + 1], time = in[5 * row + 2];
        const double rate = in[5 * row + 3], volatility = in[5 * row + 4];
        const double root = sqrt(time), spread = volatility * root;
        const double growth = rate + 0.5 * volatility * volatility;
        const double d1 = (log(spot / strike) + growth * time) / spread, d2 = d1 - spread;
        const double n1 = 0.5 * (1.0 + erf(d1 * inverse_root_2)), n2 = 0.5 * (1.0 + erf(d2 * inverse_root_2));
        const double discounted = strike * exp(-rate * time);
        out[6 * row] = spot * n1 - discounted * n2;

        /* Backwards. */
        const double b_d2 = -discounted * exp(-0.5 * d2 * d2) * inverse_root_2_pi;
        const double b_d1 = spot * exp(-0.5 * d1 * d1) * inverse_root_2_pi + b_d2;
        const double b_numerator = b_d1 / spread;
        const double b_spread = -b_d2 - b_numerator * d1;
        const double b_exponent = -discounted * n2;
        const double b_growth = b_numerator * time;
        out[6 * row + 1] = n1 + b_numerator / spot;
        out[6 * row + 2] = b_exponent / strike - b_numerator / strike;
        out[6 * row + 3] = b_numerator * growth - b_exponent * rate + b_spread * volatility * 0.5 / root;
        out[6 * row + 4] = b_growth - b_exponent * time;
        out[6 * row + 5] = b_growth * volatility + b_spread * root;
    }
}
