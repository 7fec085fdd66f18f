/* Values and partial derivatives of the rows of the table of rules: values of the inputs, partials of those and the
   output. Written from the rows by `python .github/write_rows.py`; a test compares.

   Each returns 0; or, without a result, what is left to Python: where Python would raise, and where no sample was.
   Numbers are those of Python to the last bit, without fused arithmetic (-ffp-contract=off). */
#include <math.h>
#include <stdint.h>
#include <string.h>

/* pow(x, 1.0) is x. */
static inline double power(double x, double y)
{
    return y == 1.0 ? x : pow(x, y);
}

/* The same number, of which the compiler does not know that it is a constant: what it would compute of one itself
   need not be what the library gives. */
static double hidden(volatile double number)
{
    return number;
}

static uint64_t bits_of(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits)
{
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

/* x // y, as _float_div_mod does it. */
static double floor_divide(double x, double y)
{
    const double v2 = fmod(x, y);
    const int v3 = y < 0.0;
    const int v4 = v2 < 0.0;
    const int v5 = v3 ^ v4;
    const int v6 = v2 != 0.0;
    const int v7 = v6 & v5;
    const double v8 = x - v2;
    const double v9 = v8 / y;
    const double v10 = v9 - 1.0;
    const double v11 = v7 ? v10 : v9;
    const double v12 = floor(v11);
    const double v13 = v11 - v12;
    const int v14 = v13 > 0.5;
    const double v15 = v12 + 1.0;
    const double v16 = v14 ? v15 : v12;
    const double v17 = x / y;
    const double v18 = copysign(0.0, v17);
    const int v19 = v11 != 0.0;
    const double v20 = v19 ? v16 : v18;
    return v20;
}

/* x % y, as float_rem does it. */
static double modulo(double x, double y)
{
    const double v2 = fmod(x, y);
    const int v3 = y < 0.0;
    const int v4 = v2 < 0.0;
    const int v5 = v3 ^ v4;
    const int v6 = v2 != 0.0;
    const int v7 = v6 & v5;
    const double v8 = v2 + y;
    const double v9 = v7 ? v8 : v2;
    const double v10 = copysign(0.0, y);
    const double v11 = v6 ? v9 : v10;
    return v11;
}

/* math.modf(x)[0], with the sign of x also where it is zero. */
static double fraction(double x)
{
    const double v1 = trunc(x);
    const double v2 = x - v1;
    const double v3 = fabs(x);
    const int v4 = v3 == INFINITY;
    const double v5 = v4 ? 0.0 : v2;
    const double v6 = copysign(v5, x);
    return v6;
}

/* math.frexp(x)[0]: the bits of x with the exponent of 0.5. */
static double mantissa(double x)
{
    const double v1 = x * 1.8014398509481984e+16;
    const double v2 = fabs(x);
    const int v3 = v2 < 9.332636185032189e-302;
    const double v4 = v3 ? v1 : x;
    const uint64_t v5 = bits_of(v4);
    const uint64_t v6 = v5 & -9218868437227405313;
    const uint64_t v7 = v6 | 4602678819172646912;
    const double v8 = from_bits(v7);
    const int v9 = !(v2 < INFINITY || v2 > INFINITY);
    const int v10 = x == 0.0;
    const int v11 = v9 | v10;
    const double v12 = v11 ? x : v8;
    return v12;
}

/* math.ulp: the distance to the next float, of the largest one to the one before. */
static double ulp(double x)
{
    const double v1 = fabs(x);
    const uint64_t v2 = bits_of(v1);
    const uint64_t v3 = v2 + 1;
    const double v4 = from_bits(v3);
    const uint64_t v5 = v2 - 1;
    const double v6 = from_bits(v5);
    const int v7 = v4 == INFINITY;
    const double v8 = v1 - v6;
    const double v9 = v4 - v1;
    const double v10 = v7 ? v8 : v9;
    const int v11 = !(v1 < INFINITY || v1 > INFINITY);
    const double v12 = v11 ? v1 : v10;
    return v12;
}

#if PY_VERSION_HEX >= 0x030C0000
static double norm2_(double x0, double x1)
{
    const double v1 = fabs(x0);
    const double v2 = fabs(x1);
    const int v3 = v2 > v1;
    const double v4 = v3 ? v2 : v1;
    const int v5 = v4 < 2.2250738585072014e-308;
    const double v6 = v5 ? 4.49423283715579e+307 : 1.0;
    const double v7 = v4 * v6;
    const double v8 = v1 * v6;
    const double v9 = v2 * v6;
    const int v10 = v7 > 0.0;
    const uint64_t v11 = bits_of(v7);
    const uint64_t v12 = v11 & 9218868437227405312;
    const double v13 = from_bits(v12);
    const double v14 = v10 ? v13 : 1.0;
    const double v15 = 0.5 / v14;
    const double v16 = v8 * v15;
    const double v17 = v16 * v16;
    const double v18 = -v17;
    const double v19 = fma(v16, v16, v18);
    const double v20 = 1.0 + v17;
    const double v21 = 1.0 - v20;
    const double v22 = v21 + v17;
    const double v23 = 0.0 + v19;
    const double v24 = 0.0 + v22;
    const double v25 = v9 * v15;
    const double v26 = v25 * v25;
    const double v27 = -v26;
    const double v28 = fma(v25, v25, v27);
    const double v29 = v20 + v26;
    const double v30 = v20 - v29;
    const double v31 = v30 + v26;
    const double v32 = v23 + v28;
    const double v33 = v24 + v31;
    const double v34 = v32 + v33;
    const double v35 = v29 - 1.0;
    const double v36 = v35 + v34;
    const double v37 = sqrt(v36);
    const double v38 = -v37;
    const double v39 = v38 * v37;
    const double v40 = -v39;
    const double v41 = fma(v38, v37, v40);
    const double v42 = v29 + v39;
    const double v43 = v29 - v42;
    const double v44 = v43 + v39;
    const double v45 = v32 + v41;
    const double v46 = v33 + v44;
    const double v47 = 2.0 * v37;
    const double v48 = v45 + v46;
    const double v49 = v42 - 1.0;
    const double v50 = v49 + v48;
    const double v51 = v50 / v47;
    const double v52 = v37 + v51;
    const int v53 = v37 == 0.0;
    const double v54 = v52 / v15;
    const double v55 = v53 ? 0.0 : v54;
    const double v56 = v5 ? 2.2250738585072014e-308 : 1.0;
    const double v57 = v55 * v56;
    const double v58 = fabs(v57);
    const int v59 = !(v58 < INFINITY || v58 > INFINITY);
    const int v60 = v1 == INFINITY;
    const double v61 = v60 ? INFINITY : v57;
    const int v62 = v2 == INFINITY;
    const double v63 = v62 ? INFINITY : v61;
    const double v64 = v59 ? v63 : v57;
    return v64;
}
#else
static double norm2_(double x0, double x1)
{
    const double v1 = fabs(x0);
    const double v2 = fabs(x1);
    const int v3 = v2 > v1;
    const double v4 = v3 ? v2 : v1;
    const int v5 = v4 < 2.2250738585072014e-308;
    const double v6 = v5 ? 4.49423283715579e+307 : 1.0;
    const double v7 = v4 * v6;
    const double v8 = v1 * v6;
    const double v9 = v2 * v6;
    const int v10 = v7 > 0.0;
    const uint64_t v11 = bits_of(v7);
    const uint64_t v12 = v11 & 9218868437227405312;
    const double v13 = from_bits(v12);
    const double v14 = v10 ? v13 : 1.0;
    const double v15 = 0.5 / v14;
    const double v16 = v8 * v15;
    const double v17 = v16 * v16;
    const double v18 = -v17;
    const double v19 = fma(v16, v16, v18);
    const double v20 = 1.0 + v17;
    const double v21 = 1.0 - v20;
    const double v22 = v21 + v17;
    const double v23 = 0.0 + v19;
    const double v24 = 0.0 + v22;
    const double v25 = v9 * v15;
    const double v26 = v25 * v25;
    const double v27 = -v26;
    const double v28 = fma(v25, v25, v27);
    const double v29 = v20 + v26;
    const double v30 = v20 - v29;
    const double v31 = v30 + v26;
    const double v32 = v23 + v28;
    const double v33 = v24 + v31;
    const double v34 = v32 + v33;
    const double v35 = v29 - 1.0;
    const double v36 = v35 + v34;
    const double v37 = sqrt(v36);
    const double v38 = -v37;
    const double v39 = v38 * v37;
    const double v40 = -v39;
    const double v41 = fma(v38, v37, v40);
    const double v42 = v29 + v39;
    const double v43 = v29 - v42;
    const double v44 = v43 + v39;
    const double v45 = v32 + v41;
    const double v46 = v33 + v44;
    const double v47 = 2.0 * v37;
    const double v48 = v45 + v46;
    const double v49 = v42 - 1.0;
    const double v50 = v49 + v48;
    const double v51 = v50 / v47;
    const double v52 = v37 + v51;
    const int v53 = v37 == 0.0;
    const double v54 = v52 / v15;
    const double v55 = v53 ? 0.0 : v54;
    const double v56 = v5 ? 2.2250738585072014e-308 : 1.0;
    const double v57 = v55 * v56;
    const int v58 = v4 < 5.562684646268003e-309;
    const int v59 = v10 & v58;
    const double v60 = v1 / v4;
    const double v61 = v60 * v60;
    const double v62 = 1.0 + v61;
    const double v63 = 1.0 - v62;
    const double v64 = v63 + v61;
    const double v65 = 0.0 + v64;
    const double v66 = v2 / v4;
    const double v67 = v66 * v66;
    const double v68 = v62 + v67;
    const double v69 = v62 - v68;
    const double v70 = v69 + v67;
    const double v71 = v65 + v70;
    const double v72 = v68 - 1.0;
    const double v73 = v72 + v71;
    const double v74 = sqrt(v73);
    const double v75 = v4 * v74;
    const double v76 = v59 ? v75 : v57;
    const double v77 = fabs(v76);
    const int v78 = !(v77 < INFINITY || v77 > INFINITY);
    const int v79 = v1 == INFINITY;
    const double v80 = v79 ? INFINITY : v76;
    const int v81 = v2 == INFINITY;
    const double v82 = v81 ? INFINITY : v80;
    const double v83 = v78 ? v82 : v76;
    return v83;
}
#endif

static double sigmoid(double x)
{
    if (x >= 0.0) {
        const double t1 = -x;
        const double t2 = exp(t1);
        const double t3 = 1.0 + t2;
        const double t4 = 1.0 / t3;
        return t4;
    }
    const double t1 = exp(x);
    const double t2 = 1.0 + t1;
    const double t3 = t1 / t2;
    return t3;
}

static double relu(double x)
{
    if (x > 0.0) {
        return x;
    }
    return 0.0;
}

static int value_Add(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    outputs[0] = x + y;
    return 0;
}

static int first_partial_Add(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 1.0;
    return 0;
}

static int second_partial_Add(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 1.0;
    return 0;
}

static int value_Sub(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    outputs[0] = x - y;
    return 0;
}

static int first_partial_Sub(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 1.0;
    return 0;
}

static int second_partial_Sub(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = -1.0;
    return 0;
}

static int value_Mul(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    outputs[0] = x * y;
    return 0;
}

static int first_partial_Mul(const double *inputs, double *outputs)
{
    const double y = inputs[1];
    outputs[0] = y;
    return 0;
}

static int second_partial_Mul(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = x;
    return 0;
}

static int value_TrueDiv(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    if (y == 0.0) return 2;
    const double t1 = x / y;
    outputs[0] = t1;
    return 0;
}

static int first_partial_TrueDiv(const double *inputs, double *outputs)
{
    const double y = inputs[1];
    if (y == 0.0) return 2;
    const double t1 = 1.0 / y;
    outputs[0] = t1;
    return 0;
}

static int second_partial_TrueDiv(const double *inputs, double *outputs)
{
    const double y = inputs[1];
    const double z = inputs[2];
    const double t1 = -z;
    if (y == 0.0) return 2;
    const double t2 = t1 / y;
    outputs[0] = t2;
    return 0;
}

static int value_FloorDiv(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    if (y == 0.0) return 2;
    const double t1 = floor_divide(x, y);
    outputs[0] = t1;
    return 0;
}

static int first_partial_FloorDiv(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.0;
    return 0;
}

static int second_partial_FloorDiv(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.0;
    return 0;
}

static int value_Mod(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    if (y == 0.0) return 2;
    const double t1 = modulo(x, y);
    outputs[0] = t1;
    return 0;
}

static int first_partial_Mod(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 1.0;
    return 0;
}

static int second_partial_Mod(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    if (y == 0.0) return 2;
    const double t1 = floor_divide(x, y);
    outputs[0] = -t1;
    return 0;
}

static int value_Pow(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    const double t1 = power(x, y);
    if (!isfinite(t1) && isfinite(x) && isfinite(y)) return 2;
    outputs[0] = t1;
    return 0;
}

static int first_partial_Pow(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    if (!(y == 0.0)) {
        const double t1 = y - 1.0;
        const double t2 = power(x, t1);
        if (!isfinite(t2) && isfinite(x) && isfinite(t1)) return 2;
        outputs[0] = y * t2;
        return 0;
    }
    if (fabs(x) > 0.0) {
        if (x == 0.0) return 2;
        const double t1 = y / x;
        outputs[0] = t1;
        return 0;
    }
    outputs[0] = 0.0;
    return 0;
}

static int second_partial_Pow(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    const double z = inputs[2];
    if (x > 0.0) {
        if (x <= 0.0) return 2;
        const double t1 = log(x);
        outputs[0] = z * t1;
        return 0;
    }
    if (!(x == 0.0)) {
        outputs[0] = NAN;
        return 0;
    }
    if (y > 0.0) {
        outputs[0] = 0.0;
        return 0;
    }
    outputs[0] = NAN;
    return 0;
}

static int value_Neg(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = -x;
    return 0;
}

static int partial_Neg(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = -1.0;
    return 0;
}

static int value_Pos(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = +x;
    return 0;
}

static int partial_Pos(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 1.0;
    return 0;
}

static int value_Abs(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = fabs(x);
    return 0;
}

static int partial_Abs(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (x > 0.0) {
        outputs[0] = 1.0;
        return 0;
    }
    if (x < 0.0) {
        outputs[0] = -1.0;
        return 0;
    }
    outputs[0] = x - x;
    return 0;
}

static int value_LT(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    outputs[0] = x < y;
    return 0;
}

static int first_partial_LT(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.0;
    return 0;
}

static int second_partial_LT(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.0;
    return 0;
}

static int value_LE(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    outputs[0] = x <= y;
    return 0;
}

static int first_partial_LE(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.0;
    return 0;
}

static int second_partial_LE(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.0;
    return 0;
}

static int value_GT(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    outputs[0] = x > y;
    return 0;
}

static int first_partial_GT(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.0;
    return 0;
}

static int second_partial_GT(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.0;
    return 0;
}

static int value_GE(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    outputs[0] = x >= y;
    return 0;
}

static int first_partial_GE(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.0;
    return 0;
}

static int second_partial_GE(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.0;
    return 0;
}

static int value_EQ(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    outputs[0] = x == y;
    return 0;
}

static int first_partial_EQ(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.0;
    return 0;
}

static int second_partial_EQ(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.0;
    return 0;
}

static int value_NE(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    outputs[0] = x != y;
    return 0;
}

static int first_partial_NE(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.0;
    return 0;
}

static int second_partial_NE(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.0;
    return 0;
}

static int value_Exp(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double t1 = exp(x);
    if (!isfinite(t1) && isfinite(x)) return 2;
    outputs[0] = t1;
    return 0;
}

static int partial_Exp(const double *inputs, double *outputs)
{
    const double y = inputs[1];
    outputs[0] = y;
    return 0;
}

static int value_Expm1(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double t1 = expm1(x);
    if (!isfinite(t1) && isfinite(x)) return 2;
    outputs[0] = t1;
    return 0;
}

static int partial_Expm1(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double t1 = exp(x);
    if (!isfinite(t1) && isfinite(x)) return 2;
    outputs[0] = t1;
    return 0;
}

static int value_Log_of_1(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (x <= 0.0) return 2;
    const double t1 = log(x);
    outputs[0] = t1;
    return 0;
}

static int partial_Log_of_1(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (x == 0.0) return 2;
    const double t1 = 1.0 / x;
    outputs[0] = t1;
    return 0;
}

static int value_Log(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    if (x <= 0.0 || y <= 0.0 || y == 1.0) return 2;
    const double t1 = log(x) / log(y);
    outputs[0] = t1;
    return 0;
}

static int first_partial_Log(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    if (y <= 0.0) return 2;
    const double t1 = log(y);
    if (t1 == 0.0) return 2;
    const double t2 = 1.0 / t1;
    if (x == 0.0) return 2;
    const double t3 = t2 / x;
    outputs[0] = t3;
    return 0;
}

static int second_partial_Log(const double *inputs, double *outputs)
{
    const double y = inputs[1];
    const double z = inputs[2];
    const double t1 = -z;
    if (y <= 0.0) return 2;
    const double t2 = log(y);
    if (t2 == 0.0) return 2;
    const double t3 = t1 / t2;
    if (y == 0.0) return 2;
    const double t4 = t3 / y;
    outputs[0] = t4;
    return 0;
}

static int value_Log2(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (x <= 0.0) return 2;
    const double t1 = log2(x);
    outputs[0] = t1;
    return 0;
}

static int partial_Log2(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (x == 0.0) return 2;
    const double t1 = 1.4426950408889634 / x;
    outputs[0] = t1;
    return 0;
}

static int value_Log10(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (x <= 0.0) return 2;
    const double t1 = log10(x);
    outputs[0] = t1;
    return 0;
}

static int partial_Log10(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (x == 0.0) return 2;
    const double t1 = 0.4342944819032518 / x;
    outputs[0] = t1;
    return 0;
}

static int value_Log1p(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (x <= -1.0) return 2;
    const double t1 = log1p(x);
    outputs[0] = t1;
    return 0;
}

static int partial_Log1p(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double t1 = 1.0 + x;
    if (t1 == 0.0) return 2;
    const double t2 = 1.0 / t1;
    outputs[0] = t2;
    return 0;
}

static int value_MathPow(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    const double t1 = power(x, y);
    if ((!isfinite(t1) && isfinite(x) && isfinite(y))) return 2;
    outputs[0] = t1;
    return 0;
}

static int first_partial_MathPow(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    if (!(y == 0.0)) {
        const double t1 = y - 1.0;
        const double t2 = power(x, t1);
        if (!isfinite(t2) && isfinite(x) && isfinite(t1)) return 2;
        outputs[0] = y * t2;
        return 0;
    }
    if (fabs(x) > 0.0) {
        if (x == 0.0) return 2;
        const double t1 = y / x;
        outputs[0] = t1;
        return 0;
    }
    outputs[0] = 0.0;
    return 0;
}

static int second_partial_MathPow(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    const double z = inputs[2];
    if (x > 0.0) {
        if (x <= 0.0) return 2;
        const double t1 = log(x);
        outputs[0] = z * t1;
        return 0;
    }
    if (!(x == 0.0)) {
        outputs[0] = NAN;
        return 0;
    }
    if (y > 0.0) {
        outputs[0] = 0.0;
        return 0;
    }
    outputs[0] = NAN;
    return 0;
}

static int value_Sqrt(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (x < 0.0) return 2;
    const double t1 = sqrt(x);
    outputs[0] = t1;
    return 0;
}

static int partial_Sqrt(const double *inputs, double *outputs)
{
    const double y = inputs[1];
    if (y != 0.0) {
        if (y == 0.0) return 2;
        const double t1 = 0.5 / y;
        outputs[0] = t1;
        return 0;
    }
    outputs[0] = INFINITY;
    return 0;
}

static int value_Cbrt(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = cbrt(x);
    return 0;
}

static int partial_Cbrt(const double *inputs, double *outputs)
{
    const double y = inputs[1];
    if (y != 0.0) {
        const double t1 = 3.0 * y * y;
        if (t1 == 0.0) return 2;
        const double t2 = 1.0 / t1;
        outputs[0] = t2;
        return 0;
    }
    outputs[0] = INFINITY;
    return 0;
}

static int value_Exp2(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double t1 = exp2(x);
    if (!isfinite(t1) && isfinite(x)) return 2;
    outputs[0] = t1;
    return 0;
}

static int partial_Exp2(const double *inputs, double *outputs)
{
    const double y = inputs[1];
    outputs[0] = y * 0.6931471805599453;
    return 0;
}

static int value_Sin(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (fabs(x) == INFINITY) return 2;
    const double t1 = sin(x);
    outputs[0] = t1;
    return 0;
}

static int partial_Sin(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (fabs(x) == INFINITY) return 2;
    const double t1 = cos(x);
    outputs[0] = t1;
    return 0;
}

static int value_Cos(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (fabs(x) == INFINITY) return 2;
    const double t1 = cos(x);
    outputs[0] = t1;
    return 0;
}

static int partial_Cos(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (fabs(x) == INFINITY) return 2;
    const double t1 = sin(x);
    outputs[0] = -t1;
    return 0;
}

static int value_Tan(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (fabs(x) == INFINITY) return 2;
    const double t1 = tan(x);
    outputs[0] = t1;
    return 0;
}

static int partial_Tan(const double *inputs, double *outputs)
{
    const double y = inputs[1];
    outputs[0] = 1.0 + y * y;
    return 0;
}

static int value_Asin(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (fabs(x) > 1.0) return 2;
    const double t1 = asin(x);
    outputs[0] = t1;
    return 0;
}

static int partial_Asin(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (!(x > -0.5)) {
        const double t1 = 1.0 - x;
        const double t2 = 1.0 + x;
        if (t1 < 0.0) return 2;
        const double t3 = sqrt(t1);
        if (t2 < 0.0) return 2;
        const double t4 = sqrt(t2);
        const double t5 = t3 * t4;
        if (t5 == 0.0) {
            return 1;
        }
        if (t5 == 0.0) return 2;
        const double t6 = 1.0 / t5;
        outputs[0] = t6;
        return 0;
    }
    if (x < 0.5) {
        const double t1 = 1.0 - x * x;
        if (t1 < 0.0) return 2;
        const double t2 = sqrt(t1);
        if (t2 == 0.0) return 2;
        const double t3 = 1.0 / t2;
        outputs[0] = t3;
        return 0;
    }
    const double t1 = 1.0 - x;
    const double t2 = 1.0 + x;
    if (t1 < 0.0) return 2;
    const double t3 = sqrt(t1);
    if (t2 < 0.0) return 2;
    const double t4 = sqrt(t2);
    const double t5 = t3 * t4;
    if (t5 != 0.0) {
        if (t5 == 0.0) return 2;
        const double t6 = 1.0 / t5;
        outputs[0] = t6;
        return 0;
    }
    outputs[0] = INFINITY;
    return 0;
}

static int value_Acos(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (fabs(x) > 1.0) return 2;
    const double t1 = acos(x);
    outputs[0] = t1;
    return 0;
}

static int partial_Acos(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (!(x > -0.5)) {
        const double t1 = 1.0 - x;
        const double t2 = 1.0 + x;
        if (t1 < 0.0) return 2;
        const double t3 = sqrt(t1);
        if (t2 < 0.0) return 2;
        const double t4 = sqrt(t2);
        const double t5 = t3 * t4;
        if (t5 == 0.0) {
            return 1;
        }
        if (t5 == 0.0) return 2;
        const double t6 = 1.0 / t5;
        outputs[0] = -t6;
        return 0;
    }
    if (x < 0.5) {
        const double t1 = 1.0 - x * x;
        if (t1 < 0.0) return 2;
        const double t2 = sqrt(t1);
        if (t2 == 0.0) return 2;
        const double t3 = 1.0 / t2;
        outputs[0] = -t3;
        return 0;
    }
    const double t1 = 1.0 - x;
    const double t2 = 1.0 + x;
    if (t1 < 0.0) return 2;
    const double t3 = sqrt(t1);
    if (t2 < 0.0) return 2;
    const double t4 = sqrt(t2);
    const double t5 = t3 * t4;
    if (t5 != 0.0) {
        if (t5 == 0.0) return 2;
        const double t6 = 1.0 / t5;
        outputs[0] = -t6;
        return 0;
    }
    outputs[0] = -INFINITY;
    return 0;
}

static int value_Atan(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = atan(x);
    return 0;
}

static int partial_Atan(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (!(x > -100000000.0)) {
        if (x == 0.0) return 2;
        const double t1 = 1.0 / x;
        if (x == 0.0) return 2;
        const double t2 = t1 / x;
        outputs[0] = t2;
        return 0;
    }
    if (x < 100000000.0) {
        const double t1 = 1.0 + x * x;
        if (t1 == 0.0) return 2;
        const double t2 = 1.0 / t1;
        outputs[0] = t2;
        return 0;
    }
    if (x == 0.0) return 2;
    const double t1 = 1.0 / x;
    if (x == 0.0) return 2;
    const double t2 = t1 / x;
    outputs[0] = t2;
    return 0;
}

static int value_Atan2(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    outputs[0] = atan2(x, y);
    return 0;
}

static int first_partial_Atan2(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    const double t1 = norm2_(x, y);
    if (t1 != 0.0) {
        if (t1 == 0.0) return 2;
        const double t2 = y / t1;
        if (t1 == 0.0) return 2;
        const double t3 = t2 / t1;
        outputs[0] = t3;
        return 0;
    }
    outputs[0] = NAN;
    return 0;
}

static int second_partial_Atan2(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    const double t1 = norm2_(x, y);
    if (t1 != 0.0) {
        if (t1 == 0.0) return 2;
        const double t2 = x / t1;
        if (t1 == 0.0) return 2;
        const double t3 = t2 / t1;
        outputs[0] = -t3;
        return 0;
    }
    outputs[0] = NAN;
    return 0;
}

static int value_Sinh(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double t1 = sinh(x);
    if (!isfinite(t1) && isfinite(x)) return 2;
    outputs[0] = t1;
    return 0;
}

static int partial_Sinh(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double t1 = cosh(x);
    if (!isfinite(t1) && isfinite(x)) return 2;
    outputs[0] = t1;
    return 0;
}

static int value_Cosh(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double t1 = cosh(x);
    if (!isfinite(t1) && isfinite(x)) return 2;
    outputs[0] = t1;
    return 0;
}

static int partial_Cosh(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double t1 = sinh(x);
    if (!isfinite(t1) && isfinite(x)) return 2;
    outputs[0] = t1;
    return 0;
}

static int value_Tanh(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = tanh(x);
    return 0;
}

static int partial_Tanh(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (!(x > -1.0)) {
        const double t1 = -2.0 * fabs(x);
        const double t2 = exp(t1);
        if (!isfinite(t2) && isfinite(t1)) return 2;
        const double t3 = 4.0 * t2;
        const double t4 = 1.0 + t2;
        if (t4 == 0.0) return 2;
        const double t5 = t3 / t4;
        const double t6 = 1.0 + t2;
        if (t6 == 0.0) return 2;
        const double t7 = t5 / t6;
        outputs[0] = t7;
        return 0;
    }
    if (x < 1.0) {
        const double t1 = cosh(x);
        if (!isfinite(t1) && isfinite(x)) return 2;
        if (t1 == 0.0) return 2;
        const double t2 = 1.0 / t1;
        if (t1 == 0.0) return 2;
        const double t3 = t2 / t1;
        outputs[0] = t3;
        return 0;
    }
    const double t1 = -2.0 * fabs(x);
    const double t2 = exp(t1);
    if (!isfinite(t2) && isfinite(t1)) return 2;
    const double t3 = 4.0 * t2;
    const double t4 = 1.0 + t2;
    if (t4 == 0.0) return 2;
    const double t5 = t3 / t4;
    const double t6 = 1.0 + t2;
    if (t6 == 0.0) return 2;
    const double t7 = t5 / t6;
    outputs[0] = t7;
    return 0;
}

static int value_Asinh(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = asinh(x);
    return 0;
}

static int partial_Asinh(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double t1 = norm2_(1.0, x);
    if (t1 == 0.0) return 2;
    const double t2 = 1.0 / t1;
    outputs[0] = t2;
    return 0;
}

static int value_Acosh(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (x < 1.0) return 2;
    const double t1 = acosh(x);
    outputs[0] = t1;
    return 0;
}

static int partial_Acosh(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double t1 = x - 1.0;
    const double t2 = x + 1.0;
    if (t1 < 0.0) return 2;
    const double t3 = sqrt(t1);
    if (t2 < 0.0) return 2;
    const double t4 = sqrt(t2);
    const double t5 = t3 * t4;
    if (t5 != 0.0) {
        if (t5 == 0.0) return 2;
        const double t6 = 1.0 / t5;
        outputs[0] = t6;
        return 0;
    }
    outputs[0] = INFINITY;
    return 0;
}

static int value_Atanh(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (fabs(x) >= 1.0) return 2;
    const double t1 = atanh(x);
    outputs[0] = t1;
    return 0;
}

static int partial_Atanh(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (!(x > -0.5)) {
        const double t1 = (1.0 - x) * (1.0 + x);
        if (t1 == 0.0) return 2;
        const double t2 = 1.0 / t1;
        outputs[0] = t2;
        return 0;
    }
    if (x < 0.5) {
        const double t1 = 1.0 - x * x;
        if (t1 == 0.0) return 2;
        const double t2 = 1.0 / t1;
        outputs[0] = t2;
        return 0;
    }
    const double t1 = (1.0 - x) * (1.0 + x);
    if (t1 == 0.0) return 2;
    const double t2 = 1.0 / t1;
    outputs[0] = t2;
    return 0;
}

static int value_Degrees(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = x * 57.29577951308232;
    return 0;
}

static int partial_Degrees(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 57.29577951308232;
    return 0;
}

static int value_Radians(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = x * 0.017453292519943295;
    return 0;
}

static int partial_Radians(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.017453292519943295;
    return 0;
}

static int value_Hypot_of_2(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    outputs[0] = norm2_(x, y);
    return 0;
}

static int first_partial_Hypot_of_2(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double z = inputs[2];
    if (z != 0.0) {
        if (z < 1.0261342003245941e-289) {
            return 1;
        }
        if (z == 0.0) return 2;
        const double t1 = x / z;
        outputs[0] = t1;
        return 0;
    }
    outputs[0] = 0.0;
    return 0;
}

static int second_partial_Hypot_of_2(const double *inputs, double *outputs)
{
    const double y = inputs[1];
    const double z = inputs[2];
    if (z != 0.0) {
        if (z < 1.0261342003245941e-289) {
            return 1;
        }
        if (z == 0.0) return 2;
        const double t1 = y / z;
        outputs[0] = t1;
        return 0;
    }
    outputs[0] = 0.0;
    return 0;
}

static int value_Fmod(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    if ((fabs(x) == INFINITY && y == y) || (fabs(x) != INFINITY && y == 0.0 && x == x)) return 2;
    const double t1 = fmod(x, y);
    outputs[0] = t1;
    return 0;
}

static int first_partial_Fmod(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 1.0;
    return 0;
}

static int second_partial_Fmod(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    const double z = inputs[2];
    if (z != z) {
        outputs[0] = NAN;
        return 0;
    }
    if (y == 0.0) return 2;
    const double t1 = x / y;
    if (y == 0.0) return 2;
    const double t2 = z / y;
    const double t3 = t1 - t2;
    if (!(t3 - t3 == 0.0)) {
        return 1;
    }
    outputs[0] = -(rint(t3) + 0.0);
    return 0;
}

static int value_Remainder(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    if ((fabs(x) == INFINITY && y == y) || (fabs(x) != INFINITY && y == 0.0 && x == x)) return 2;
    const double t1 = remainder(x, y);
    outputs[0] = t1;
    return 0;
}

static int first_partial_Remainder(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 1.0;
    return 0;
}

static int second_partial_Remainder(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    const double z = inputs[2];
    if (z != z) {
        outputs[0] = NAN;
        return 0;
    }
    if (y == 0.0) return 2;
    const double t1 = x / y;
    if (y == 0.0) return 2;
    const double t2 = z / y;
    const double t3 = t1 - t2;
    if (!(t3 - t3 == 0.0)) {
        return 1;
    }
    outputs[0] = -(rint(t3) + 0.0);
    return 0;
}

static int value_Copysign(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    outputs[0] = copysign(x, y);
    return 0;
}

static int first_partial_Copysign(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    if (x > 0.0) {
        outputs[0] = 1.0 * copysign(1.0, y);
        return 0;
    }
    if (x < 0.0) {
        outputs[0] = -1.0 * copysign(1.0, y);
        return 0;
    }
    outputs[0] = (x - x) * copysign(1.0, y);
    return 0;
}

static int second_partial_Copysign(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.0;
    return 0;
}

static int value_Fabs(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = fabs(x);
    return 0;
}

static int partial_Fabs(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (x > 0.0) {
        outputs[0] = 1.0;
        return 0;
    }
    if (x < 0.0) {
        outputs[0] = -1.0;
        return 0;
    }
    outputs[0] = x - x;
    return 0;
}

static int value_ModfFraction(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = fraction(x);
    return 0;
}

static int partial_ModfFraction(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 1.0;
    return 0;
}

static int value_ModfWhole(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = trunc(x);
    return 0;
}

static int partial_ModfWhole(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.0;
    return 0;
}

static int value_FrexpMantissa(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = mantissa(x);
    return 0;
}

static int partial_FrexpMantissa(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    if (x != 0.0) {
        if (x == 0.0) return 2;
        const double t1 = y / x;
        outputs[0] = t1;
        return 0;
    }
    outputs[0] = 1.0;
    return 0;
}

static int value_Ulp(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = ulp(x);
    return 0;
}

static int partial_Ulp(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.0;
    return 0;
}

static int value_IsNan(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = isnan(x) != 0;
    return 0;
}

static int partial_IsNan(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.0;
    return 0;
}

static int value_IsInf(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = isinf(x) != 0;
    return 0;
}

static int partial_IsInf(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.0;
    return 0;
}

static int value_IsFinite(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = isfinite(x) != 0;
    return 0;
}

static int partial_IsFinite(const double *inputs, double *outputs)
{
    (void)inputs;
    outputs[0] = 0.0;
    return 0;
}

static int value_Erf(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = erf(x);
    return 0;
}

static int partial_Erf(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double t1 = x * x;
    if (t1 > 900.0) {
        outputs[0] = 0.0;
        return 0;
    }
    const double t2 = x + 3221225472.0 - 3221225472.0;
    const double t3 = x - t2;
    const double t4 = -t1;
    const double t5 = exp(t4);
    if (!isfinite(t5) && isfinite(t4)) return 2;
    const double t6 = 1.0 - (t2 * t2 - t1 + 2.0 * t2 * t3 + t3 * t3);
    outputs[0] = 1.1283791670955126 * (t5 * t6);
    return 0;
}

static int value_Erfc(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = erfc(x);
    return 0;
}

static int partial_Erfc(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double t1 = x * x;
    if (t1 > 900.0) {
        outputs[0] = -0.0;
        return 0;
    }
    const double t2 = x + 3221225472.0 - 3221225472.0;
    const double t3 = x - t2;
    const double t4 = -t1;
    const double t5 = exp(t4);
    if (!isfinite(t5) && isfinite(t4)) return 2;
    const double t6 = 1.0 - (t2 * t2 - t1 + 2.0 * t2 * t3 + t3 * t3);
    outputs[0] = -1.1283791670955126 * (t5 * t6);
    return 0;
}

static int partial_Gamma(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    if (!(x > 0.0)) {
        if (x != x) {
            if (x < 10.0) {
                return 1;
            }
            if (x == 0.0) return 2;
            const double t1 = 1.0 / x;
            const double t2 = t1 * t1;
            const double t3 = (((0.4432598039215686 * t2 + -0.08333333333333333) * t2 + 0.021092796092796094)
                * t2 + -0.007575757575757576) * t2 + 0.004166666666666667;
            if (x <= 0.0) return 2;
            const double t4 = log(x);
            const double t5 = t4 - 0.5 * t1 + (((t3 * t2 + -0.003968253968253968) * t2 + 0.008333333333333333)
                * t2 + -0.08333333333333333) * t2;
            outputs[0] = y * (t5 - 0.0);
            return 0;
        }
        if (x == hidden(-INFINITY)) {
            return 1;
        }
        const double t1 = 1.0 - x;
        if (!(t1 < 10.0)) {
            if (t1 == 0.0) return 2;
            const double t2 = 1.0 / t1;
            const double t3 = t2 * t2;
            const double t4 = (((0.4432598039215686 * t3 + -0.08333333333333333) * t3 + 0.021092796092796094)
                * t3 + -0.007575757575757576) * t3 + 0.004166666666666667;
            if (t1 <= 0.0) return 2;
            const double t5 = log(t1);
            const double t6 = t5 - 0.5 * t2 + (((t4 * t3 + -0.003968253968253968) * t3 + 0.008333333333333333)
                * t3 + -0.08333333333333333) * t3;
            const double t7 = 3.141592653589793 * (x - rint(x));
            if (fabs(t7) == INFINITY) return 2;
            const double t8 = tan(t7);
            if (t8 == 0.0) return 2;
            const double t9 = 3.141592653589793 / t8;
            outputs[0] = y * (t6 - 0.0 - t9);
            return 0;
        }
        if (t1 == 0.0) return 2;
        const double t2 = 1.0 / t1;
        const double t3 = 0.0 + t2;
        const double t4 = t1 + 1.0;
        if (!(t4 < 10.0)) {
            return 1;
        }
        if (t4 == 0.0) return 2;
        const double t5 = 1.0 / t4;
        const double t6 = t3 + t5;
        const double t7 = t4 + 1.0;
        if (!(t7 < 10.0)) {
            return 1;
        }
        if (t7 == 0.0) return 2;
        const double t8 = 1.0 / t7;
        const double t9 = t6 + t8;
        const double t10 = t7 + 1.0;
        if (!(t10 < 10.0)) {
            return 1;
        }
        if (t10 == 0.0) return 2;
        const double t11 = 1.0 / t10;
        const double t12 = t9 + t11;
        const double t13 = t10 + 1.0;
        if (!(t13 < 10.0)) {
            return 1;
        }
        if (t13 == 0.0) return 2;
        const double t14 = 1.0 / t13;
        const double t15 = t12 + t14;
        const double t16 = t13 + 1.0;
        if (!(t16 < 10.0)) {
            return 1;
        }
        if (t16 == 0.0) return 2;
        const double t17 = 1.0 / t16;
        const double t18 = t15 + t17;
        const double t19 = t16 + 1.0;
        if (!(t19 < 10.0)) {
            return 1;
        }
        if (t19 == 0.0) return 2;
        const double t20 = 1.0 / t19;
        const double t21 = t18 + t20;
        const double t22 = t19 + 1.0;
        if (!(t22 < 10.0)) {
            return 1;
        }
        if (t22 == 0.0) return 2;
        const double t23 = 1.0 / t22;
        const double t24 = t21 + t23;
        const double t25 = t22 + 1.0;
        if (t25 < 10.0) {
            if (t25 == 0.0) return 2;
            const double t26 = 1.0 / t25;
            const double t27 = t24 + t26;
            const double t28 = t25 + 1.0;
            if (t28 < 10.0) {
                return 1;
            }
            if (t28 == 0.0) return 2;
            const double t29 = 1.0 / t28;
            const double t30 = t29 * t29;
            const double t31 = (((0.4432598039215686 * t30 + -0.08333333333333333) * t30 +
                0.021092796092796094) * t30 + -0.007575757575757576) * t30 + 0.004166666666666667;
            if (t28 <= 0.0) return 2;
            const double t32 = log(t28);
            const double t33 = t32 - 0.5 * t29 + (((t31 * t30 + -0.003968253968253968) * t30 +
                0.008333333333333333) * t30 + -0.08333333333333333) * t30;
            const double t34 = 3.141592653589793 * (x - rint(x));
            if (fabs(t34) == INFINITY) return 2;
            const double t35 = tan(t34);
            if (t35 == 0.0) return 2;
            const double t36 = 3.141592653589793 / t35;
            outputs[0] = y * (t33 - t27 - t36);
            return 0;
        }
        if (t25 == 0.0) return 2;
        const double t26 = 1.0 / t25;
        const double t27 = t26 * t26;
        const double t28 = (((0.4432598039215686 * t27 + -0.08333333333333333) * t27 + 0.021092796092796094) *
            t27 + -0.007575757575757576) * t27 + 0.004166666666666667;
        if (t25 <= 0.0) return 2;
        const double t29 = log(t25);
        const double t30 = t29 - 0.5 * t26 + (((t28 * t27 + -0.003968253968253968) * t27 +
            0.008333333333333333) * t27 + -0.08333333333333333) * t27;
        const double t31 = 3.141592653589793 * (x - rint(x));
        if (fabs(t31) == INFINITY) return 2;
        const double t32 = tan(t31);
        if (t32 == 0.0) return 2;
        const double t33 = 3.141592653589793 / t32;
        outputs[0] = y * (t30 - t24 - t33);
        return 0;
    }
    if (!(x < 10.0)) {
        if (x == 0.0) return 2;
        const double t1 = 1.0 / x;
        const double t2 = t1 * t1;
        const double t3 = (((0.4432598039215686 * t2 + -0.08333333333333333) * t2 + 0.021092796092796094) * t2
            + -0.007575757575757576) * t2 + 0.004166666666666667;
        if (x <= 0.0) return 2;
        const double t4 = log(x);
        const double t5 = t4 - 0.5 * t1 + (((t3 * t2 + -0.003968253968253968) * t2 + 0.008333333333333333) *
            t2 + -0.08333333333333333) * t2;
        outputs[0] = y * (t5 - 0.0);
        return 0;
    }
    if (x == 0.0) return 2;
    const double t1 = 1.0 / x;
    const double t2 = 0.0 + t1;
    const double t3 = x + 1.0;
    if (!(t3 < 10.0)) {
        return 1;
    }
    if (t3 == 0.0) return 2;
    const double t4 = 1.0 / t3;
    const double t5 = t2 + t4;
    const double t6 = t3 + 1.0;
    if (!(t6 < 10.0)) {
        return 1;
    }
    if (t6 == 0.0) return 2;
    const double t7 = 1.0 / t6;
    const double t8 = t5 + t7;
    const double t9 = t6 + 1.0;
    if (!(t9 < 10.0)) {
        return 1;
    }
    if (t9 == 0.0) return 2;
    const double t10 = 1.0 / t9;
    const double t11 = t8 + t10;
    const double t12 = t9 + 1.0;
    if (!(t12 < 10.0)) {
        return 1;
    }
    if (t12 == 0.0) return 2;
    const double t13 = 1.0 / t12;
    const double t14 = t11 + t13;
    const double t15 = t12 + 1.0;
    if (!(t15 < 10.0)) {
        return 1;
    }
    if (t15 == 0.0) return 2;
    const double t16 = 1.0 / t15;
    const double t17 = t14 + t16;
    const double t18 = t15 + 1.0;
    if (!(t18 < 10.0)) {
        return 1;
    }
    if (t18 == 0.0) return 2;
    const double t19 = 1.0 / t18;
    const double t20 = t17 + t19;
    const double t21 = t18 + 1.0;
    if (!(t21 < 10.0)) {
        if (t21 == 0.0) return 2;
        const double t22 = 1.0 / t21;
        const double t23 = t22 * t22;
        const double t24 = (((0.4432598039215686 * t23 + -0.08333333333333333) * t23 + 0.021092796092796094) *
            t23 + -0.007575757575757576) * t23 + 0.004166666666666667;
        if (t21 <= 0.0) return 2;
        const double t25 = log(t21);
        const double t26 = t25 - 0.5 * t22 + (((t24 * t23 + -0.003968253968253968) * t23 +
            0.008333333333333333) * t23 + -0.08333333333333333) * t23;
        outputs[0] = y * (t26 - t20);
        return 0;
    }
    if (t21 == 0.0) return 2;
    const double t22 = 1.0 / t21;
    const double t23 = t20 + t22;
    const double t24 = t21 + 1.0;
    if (!(t24 < 10.0)) {
        if (t24 == 0.0) return 2;
        const double t25 = 1.0 / t24;
        const double t26 = t25 * t25;
        const double t27 = (((0.4432598039215686 * t26 + -0.08333333333333333) * t26 + 0.021092796092796094) *
            t26 + -0.007575757575757576) * t26 + 0.004166666666666667;
        if (t24 <= 0.0) return 2;
        const double t28 = log(t24);
        const double t29 = t28 - 0.5 * t25 + (((t27 * t26 + -0.003968253968253968) * t26 +
            0.008333333333333333) * t26 + -0.08333333333333333) * t26;
        outputs[0] = y * (t29 - t23);
        return 0;
    }
    if (t24 == 0.0) return 2;
    const double t25 = 1.0 / t24;
    const double t26 = t23 + t25;
    const double t27 = t24 + 1.0;
    if (t27 < 10.0) {
        if (t27 == 0.0) return 2;
        const double t28 = 1.0 / t27;
        const double t29 = t26 + t28;
        const double t30 = t27 + 1.0;
        if (t30 < 10.0) {
            return 1;
        }
        if (t30 == 0.0) return 2;
        const double t31 = 1.0 / t30;
        const double t32 = t31 * t31;
        const double t33 = (((0.4432598039215686 * t32 + -0.08333333333333333) * t32 + 0.021092796092796094) *
            t32 + -0.007575757575757576) * t32 + 0.004166666666666667;
        if (t30 <= 0.0) return 2;
        const double t34 = log(t30);
        const double t35 = t34 - 0.5 * t31 + (((t33 * t32 + -0.003968253968253968) * t32 +
            0.008333333333333333) * t32 + -0.08333333333333333) * t32;
        outputs[0] = y * (t35 - t29);
        return 0;
    }
    if (t27 == 0.0) return 2;
    const double t28 = 1.0 / t27;
    const double t29 = t28 * t28;
    const double t30 = (((0.4432598039215686 * t29 + -0.08333333333333333) * t29 + 0.021092796092796094) * t29
        + -0.007575757575757576) * t29 + 0.004166666666666667;
    if (t27 <= 0.0) return 2;
    const double t31 = log(t27);
    const double t32 = t31 - 0.5 * t28 + (((t30 * t29 + -0.003968253968253968) * t29 + 0.008333333333333333) *
        t29 + -0.08333333333333333) * t29;
    outputs[0] = y * (t32 - t26);
    return 0;
}

static int partial_Lgamma(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (x > 0.0) {
        if (!(x < 10.0)) {
            if (x == 0.0) return 2;
            const double t1 = 1.0 / x;
            const double t2 = t1 * t1;
            const double t3 = (((0.4432598039215686 * t2 + -0.08333333333333333) * t2 + 0.021092796092796094)
                * t2 + -0.007575757575757576) * t2 + 0.004166666666666667;
            if (x <= 0.0) return 2;
            const double t4 = log(x);
            const double t5 = t4 - 0.5 * t1 + (((t3 * t2 + -0.003968253968253968) * t2 + 0.008333333333333333)
                * t2 + -0.08333333333333333) * t2;
            outputs[0] = t5 - 0.0;
            return 0;
        }
        if (x == 0.0) return 2;
        const double t1 = 1.0 / x;
        const double t2 = 0.0 + t1;
        const double t3 = x + 1.0;
        if (!(t3 < 10.0)) {
            return 1;
        }
        if (t3 == 0.0) return 2;
        const double t4 = 1.0 / t3;
        const double t5 = t2 + t4;
        const double t6 = t3 + 1.0;
        if (!(t6 < 10.0)) {
            return 1;
        }
        if (t6 == 0.0) return 2;
        const double t7 = 1.0 / t6;
        const double t8 = t5 + t7;
        const double t9 = t6 + 1.0;
        if (!(t9 < 10.0)) {
            return 1;
        }
        if (t9 == 0.0) return 2;
        const double t10 = 1.0 / t9;
        const double t11 = t8 + t10;
        const double t12 = t9 + 1.0;
        if (!(t12 < 10.0)) {
            return 1;
        }
        if (t12 == 0.0) return 2;
        const double t13 = 1.0 / t12;
        const double t14 = t11 + t13;
        const double t15 = t12 + 1.0;
        if (!(t15 < 10.0)) {
            return 1;
        }
        if (t15 == 0.0) return 2;
        const double t16 = 1.0 / t15;
        const double t17 = t14 + t16;
        const double t18 = t15 + 1.0;
        if (!(t18 < 10.0)) {
            return 1;
        }
        if (t18 == 0.0) return 2;
        const double t19 = 1.0 / t18;
        const double t20 = t17 + t19;
        const double t21 = t18 + 1.0;
        if (!(t21 < 10.0)) {
            if (t21 == 0.0) return 2;
            const double t22 = 1.0 / t21;
            const double t23 = t22 * t22;
            const double t24 = (((0.4432598039215686 * t23 + -0.08333333333333333) * t23 +
                0.021092796092796094) * t23 + -0.007575757575757576) * t23 + 0.004166666666666667;
            if (t21 <= 0.0) return 2;
            const double t25 = log(t21);
            const double t26 = t25 - 0.5 * t22 + (((t24 * t23 + -0.003968253968253968) * t23 +
                0.008333333333333333) * t23 + -0.08333333333333333) * t23;
            outputs[0] = t26 - t20;
            return 0;
        }
        if (t21 == 0.0) return 2;
        const double t22 = 1.0 / t21;
        const double t23 = t20 + t22;
        const double t24 = t21 + 1.0;
        if (!(t24 < 10.0)) {
            if (t24 == 0.0) return 2;
            const double t25 = 1.0 / t24;
            const double t26 = t25 * t25;
            const double t27 = (((0.4432598039215686 * t26 + -0.08333333333333333) * t26 +
                0.021092796092796094) * t26 + -0.007575757575757576) * t26 + 0.004166666666666667;
            if (t24 <= 0.0) return 2;
            const double t28 = log(t24);
            const double t29 = t28 - 0.5 * t25 + (((t27 * t26 + -0.003968253968253968) * t26 +
                0.008333333333333333) * t26 + -0.08333333333333333) * t26;
            outputs[0] = t29 - t23;
            return 0;
        }
        if (t24 == 0.0) return 2;
        const double t25 = 1.0 / t24;
        const double t26 = t23 + t25;
        const double t27 = t24 + 1.0;
        if (t27 < 10.0) {
            if (t27 == 0.0) return 2;
            const double t28 = 1.0 / t27;
            const double t29 = t26 + t28;
            const double t30 = t27 + 1.0;
            if (t30 < 10.0) {
                return 1;
            }
            if (t30 == 0.0) return 2;
            const double t31 = 1.0 / t30;
            const double t32 = t31 * t31;
            const double t33 = (((0.4432598039215686 * t32 + -0.08333333333333333) * t32 +
                0.021092796092796094) * t32 + -0.007575757575757576) * t32 + 0.004166666666666667;
            if (t30 <= 0.0) return 2;
            const double t34 = log(t30);
            const double t35 = t34 - 0.5 * t31 + (((t33 * t32 + -0.003968253968253968) * t32 +
                0.008333333333333333) * t32 + -0.08333333333333333) * t32;
            outputs[0] = t35 - t29;
            return 0;
        }
        if (t27 == 0.0) return 2;
        const double t28 = 1.0 / t27;
        const double t29 = t28 * t28;
        const double t30 = (((0.4432598039215686 * t29 + -0.08333333333333333) * t29 + 0.021092796092796094) *
            t29 + -0.007575757575757576) * t29 + 0.004166666666666667;
        if (t27 <= 0.0) return 2;
        const double t31 = log(t27);
        const double t32 = t31 - 0.5 * t28 + (((t30 * t29 + -0.003968253968253968) * t29 +
            0.008333333333333333) * t29 + -0.08333333333333333) * t29;
        outputs[0] = t32 - t26;
        return 0;
    }
    if (x != x) {
        if (x < 10.0) {
            return 1;
        }
        if (x == 0.0) return 2;
        const double t1 = 1.0 / x;
        const double t2 = t1 * t1;
        const double t3 = (((0.4432598039215686 * t2 + -0.08333333333333333) * t2 + 0.021092796092796094) * t2
            + -0.007575757575757576) * t2 + 0.004166666666666667;
        if (x <= 0.0) return 2;
        const double t4 = log(x);
        const double t5 = t4 - 0.5 * t1 + (((t3 * t2 + -0.003968253968253968) * t2 + 0.008333333333333333) *
            t2 + -0.08333333333333333) * t2;
        outputs[0] = t5 - 0.0;
        return 0;
    }
    if (x == hidden(-INFINITY)) {
        outputs[0] = NAN;
        return 0;
    }
    const double t1 = 1.0 - x;
    if (!(t1 < 10.0)) {
        if (t1 == 0.0) return 2;
        const double t2 = 1.0 / t1;
        const double t3 = t2 * t2;
        const double t4 = (((0.4432598039215686 * t3 + -0.08333333333333333) * t3 + 0.021092796092796094) * t3
            + -0.007575757575757576) * t3 + 0.004166666666666667;
        if (t1 <= 0.0) return 2;
        const double t5 = log(t1);
        const double t6 = t5 - 0.5 * t2 + (((t4 * t3 + -0.003968253968253968) * t3 + 0.008333333333333333) *
            t3 + -0.08333333333333333) * t3;
        const double t7 = 3.141592653589793 * (x - rint(x));
        if (fabs(t7) == INFINITY) return 2;
        const double t8 = tan(t7);
        if (t8 == 0.0) return 2;
        const double t9 = 3.141592653589793 / t8;
        outputs[0] = t6 - 0.0 - t9;
        return 0;
    }
    if (t1 == 0.0) return 2;
    const double t2 = 1.0 / t1;
    const double t3 = 0.0 + t2;
    const double t4 = t1 + 1.0;
    if (!(t4 < 10.0)) {
        return 1;
    }
    if (t4 == 0.0) return 2;
    const double t5 = 1.0 / t4;
    const double t6 = t3 + t5;
    const double t7 = t4 + 1.0;
    if (!(t7 < 10.0)) {
        return 1;
    }
    if (t7 == 0.0) return 2;
    const double t8 = 1.0 / t7;
    const double t9 = t6 + t8;
    const double t10 = t7 + 1.0;
    if (!(t10 < 10.0)) {
        return 1;
    }
    if (t10 == 0.0) return 2;
    const double t11 = 1.0 / t10;
    const double t12 = t9 + t11;
    const double t13 = t10 + 1.0;
    if (!(t13 < 10.0)) {
        return 1;
    }
    if (t13 == 0.0) return 2;
    const double t14 = 1.0 / t13;
    const double t15 = t12 + t14;
    const double t16 = t13 + 1.0;
    if (!(t16 < 10.0)) {
        return 1;
    }
    if (t16 == 0.0) return 2;
    const double t17 = 1.0 / t16;
    const double t18 = t15 + t17;
    const double t19 = t16 + 1.0;
    if (!(t19 < 10.0)) {
        return 1;
    }
    if (t19 == 0.0) return 2;
    const double t20 = 1.0 / t19;
    const double t21 = t18 + t20;
    const double t22 = t19 + 1.0;
    if (!(t22 < 10.0)) {
        return 1;
    }
    if (t22 == 0.0) return 2;
    const double t23 = 1.0 / t22;
    const double t24 = t21 + t23;
    const double t25 = t22 + 1.0;
    if (t25 < 10.0) {
        if (t25 == 0.0) return 2;
        const double t26 = 1.0 / t25;
        const double t27 = t24 + t26;
        const double t28 = t25 + 1.0;
        if (t28 < 10.0) {
            return 1;
        }
        if (t28 == 0.0) return 2;
        const double t29 = 1.0 / t28;
        const double t30 = t29 * t29;
        const double t31 = (((0.4432598039215686 * t30 + -0.08333333333333333) * t30 + 0.021092796092796094) *
            t30 + -0.007575757575757576) * t30 + 0.004166666666666667;
        if (t28 <= 0.0) return 2;
        const double t32 = log(t28);
        const double t33 = t32 - 0.5 * t29 + (((t31 * t30 + -0.003968253968253968) * t30 +
            0.008333333333333333) * t30 + -0.08333333333333333) * t30;
        const double t34 = 3.141592653589793 * (x - rint(x));
        if (fabs(t34) == INFINITY) return 2;
        const double t35 = tan(t34);
        if (t35 == 0.0) return 2;
        const double t36 = 3.141592653589793 / t35;
        outputs[0] = t33 - t27 - t36;
        return 0;
    }
    if (t25 == 0.0) return 2;
    const double t26 = 1.0 / t25;
    const double t27 = t26 * t26;
    const double t28 = (((0.4432598039215686 * t27 + -0.08333333333333333) * t27 + 0.021092796092796094) * t27
        + -0.007575757575757576) * t27 + 0.004166666666666667;
    if (t25 <= 0.0) return 2;
    const double t29 = log(t25);
    const double t30 = t29 - 0.5 * t26 + (((t28 * t27 + -0.003968253968253968) * t27 + 0.008333333333333333) *
        t27 + -0.08333333333333333) * t27;
    const double t31 = 3.141592653589793 * (x - rint(x));
    if (fabs(t31) == INFINITY) return 2;
    const double t32 = tan(t31);
    if (t32 == 0.0) return 2;
    const double t33 = 3.141592653589793 / t32;
    outputs[0] = t30 - t24 - t33;
    return 0;
}

static int value_Sigmoid(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = sigmoid(x);
    return 0;
}

static int partial_Sigmoid(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double t1 = 0.5 * x;
    if (!(t1 > -1.0)) {
        const double t2 = -2.0 * fabs(t1);
        const double t3 = exp(t2);
        if (!isfinite(t3) && isfinite(t2)) return 2;
        const double t4 = 4.0 * t3;
        const double t5 = 1.0 + t3;
        if (t5 == 0.0) return 2;
        const double t6 = t4 / t5;
        const double t7 = 1.0 + t3;
        if (t7 == 0.0) return 2;
        const double t8 = t6 / t7;
        outputs[0] = 0.25 * t8;
        return 0;
    }
    if (t1 < 1.0) {
        const double t2 = cosh(t1);
        if (!isfinite(t2) && isfinite(t1)) return 2;
        if (t2 == 0.0) return 2;
        const double t3 = 1.0 / t2;
        if (t2 == 0.0) return 2;
        const double t4 = t3 / t2;
        outputs[0] = 0.25 * t4;
        return 0;
    }
    const double t2 = -2.0 * fabs(t1);
    const double t3 = exp(t2);
    if (!isfinite(t3) && isfinite(t2)) return 2;
    const double t4 = 4.0 * t3;
    const double t5 = 1.0 + t3;
    if (t5 == 0.0) return 2;
    const double t6 = t4 / t5;
    const double t7 = 1.0 + t3;
    if (t7 == 0.0) return 2;
    const double t8 = t6 / t7;
    outputs[0] = 0.25 * t8;
    return 0;
}

static int value_ReLU(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    outputs[0] = relu(x);
    return 0;
}

static int partial_ReLU(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (x > 0.0) {
        outputs[0] = 1.0;
        return 0;
    }
    outputs[0] = 0.0;
    return 0;
}

static int value_Inv(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    if (x == 0.0) return 2;
    const double t1 = 1.0 / x;
    outputs[0] = t1;
    return 0;
}

static int partial_Inv(const double *inputs, double *outputs)
{
    const double x = inputs[0];
    const double y = inputs[1];
    const double t1 = -y;
    if (x == 0.0) return 2;
    const double t2 = t1 / x;
    outputs[0] = t2;
    return 0;
}

typedef int Compute(const double *inputs, double *outputs);

enum { MAX_INPUTS = 2 };

typedef struct {
    const char *name;
    int inputs;
    Compute *value;       /* NULL: that of Python's own function is taken. */
    Compute *partials[MAX_INPUTS];
    int notes_rounding;   /* Runs that want to know of it are served by Python. */
    int is_truth;         /* The result is an Indicator. */
} Row;

static const Row rows[] = {
    {"Add", 2, value_Add, {first_partial_Add, second_partial_Add}, 0, 0},
    {"Sub", 2, value_Sub, {first_partial_Sub, second_partial_Sub}, 0, 0},
    {"Mul", 2, value_Mul, {first_partial_Mul, second_partial_Mul}, 0, 0},
    {"TrueDiv", 2, value_TrueDiv, {first_partial_TrueDiv, second_partial_TrueDiv}, 0, 0},
    {"FloorDiv", 2, value_FloorDiv, {first_partial_FloorDiv, second_partial_FloorDiv}, 1, 0},
    {"Mod", 2, value_Mod, {first_partial_Mod, second_partial_Mod}, 0, 0},
    {"Pow", 2, value_Pow, {first_partial_Pow, second_partial_Pow}, 0, 0},
    {"Neg", 1, value_Neg, {partial_Neg}, 0, 0},
    {"Pos", 1, value_Pos, {partial_Pos}, 0, 0},
    {"Abs", 1, value_Abs, {partial_Abs}, 0, 0},
    {"LT", 2, value_LT, {first_partial_LT, second_partial_LT}, 0, 1},
    {"LE", 2, value_LE, {first_partial_LE, second_partial_LE}, 0, 1},
    {"GT", 2, value_GT, {first_partial_GT, second_partial_GT}, 0, 1},
    {"GE", 2, value_GE, {first_partial_GE, second_partial_GE}, 0, 1},
    {"EQ", 2, value_EQ, {first_partial_EQ, second_partial_EQ}, 0, 1},
    {"NE", 2, value_NE, {first_partial_NE, second_partial_NE}, 0, 1},
    {"Exp", 1, value_Exp, {partial_Exp}, 0, 0},
    {"Expm1", 1, value_Expm1, {partial_Expm1}, 0, 0},
    {"Log", 1, value_Log_of_1, {partial_Log_of_1}, 0, 0},
    {"Log", 2, value_Log, {first_partial_Log, second_partial_Log}, 0, 0},
    {"Log2", 1, value_Log2, {partial_Log2}, 0, 0},
    {"Log10", 1, value_Log10, {partial_Log10}, 0, 0},
    {"Log1p", 1, value_Log1p, {partial_Log1p}, 0, 0},
    {"MathPow", 2, PY_VERSION_HEX >= 0x030B0000 ? value_MathPow : NULL, {first_partial_MathPow, second_partial_MathPow}, 0, 0},
    {"Sqrt", 1, value_Sqrt, {partial_Sqrt}, 0, 0},
    {PY_VERSION_HEX >= 0x030B0000 ? "Cbrt" : "", 1, value_Cbrt, {partial_Cbrt}, 0, 0},
    {PY_VERSION_HEX >= 0x030B0000 ? "Exp2" : "", 1, value_Exp2, {partial_Exp2}, 0, 0},
    {"Sin", 1, value_Sin, {partial_Sin}, 0, 0},
    {"Cos", 1, value_Cos, {partial_Cos}, 0, 0},
    {"Tan", 1, value_Tan, {partial_Tan}, 0, 0},
    {"Asin", 1, value_Asin, {partial_Asin}, 0, 0},
    {"Acos", 1, value_Acos, {partial_Acos}, 0, 0},
    {"Atan", 1, value_Atan, {partial_Atan}, 0, 0},
    {"Atan2", 2, value_Atan2, {first_partial_Atan2, second_partial_Atan2}, 0, 0},
    {"Sinh", 1, value_Sinh, {partial_Sinh}, 0, 0},
    {"Cosh", 1, value_Cosh, {partial_Cosh}, 0, 0},
    {"Tanh", 1, value_Tanh, {partial_Tanh}, 0, 0},
    {"Asinh", 1, value_Asinh, {partial_Asinh}, 0, 0},
    {"Acosh", 1, value_Acosh, {partial_Acosh}, 0, 0},
    {"Atanh", 1, value_Atanh, {partial_Atanh}, 0, 0},
    {"Degrees", 1, value_Degrees, {partial_Degrees}, 0, 0},
    {"Radians", 1, value_Radians, {partial_Radians}, 0, 0},
    {"Hypot", 2, value_Hypot_of_2, {first_partial_Hypot_of_2, second_partial_Hypot_of_2}, 0, 0},
    {"Fmod", 2, value_Fmod, {first_partial_Fmod, second_partial_Fmod}, 0, 0},
    {"Remainder", 2, value_Remainder, {first_partial_Remainder, second_partial_Remainder}, 0, 0},
    {"Copysign", 2, value_Copysign, {first_partial_Copysign, second_partial_Copysign}, 0, 0},
    {"Fabs", 1, value_Fabs, {partial_Fabs}, 0, 0},
    {"ModfFraction", 1, value_ModfFraction, {partial_ModfFraction}, 0, 0},
    {"ModfWhole", 1, value_ModfWhole, {partial_ModfWhole}, 1, 0},
    {"FrexpMantissa", 1, value_FrexpMantissa, {partial_FrexpMantissa}, 0, 0},
    {"Ulp", 1, value_Ulp, {partial_Ulp}, 0, 0},
    {"IsNan", 1, value_IsNan, {partial_IsNan}, 0, 1},
    {"IsInf", 1, value_IsInf, {partial_IsInf}, 0, 1},
    {"IsFinite", 1, value_IsFinite, {partial_IsFinite}, 0, 1},
    {"Erf", 1, value_Erf, {partial_Erf}, 0, 0},
    {"Erfc", 1, value_Erfc, {partial_Erfc}, 0, 0},
    {"Gamma", 1, NULL, {partial_Gamma}, 0, 0},
    {"Lgamma", 1, NULL, {partial_Lgamma}, 0, 0},
    {"Sigmoid", 1, value_Sigmoid, {partial_Sigmoid}, 0, 0},
    {"ReLU", 1, value_ReLU, {partial_ReLU}, 0, 0},
    {"Inv", 1, value_Inv, {partial_Inv}, 0, 0},
};
