"""Functions as text in Python and C with their own loops and branches, values and exact derivatives.

The forward pass is the user's own control flow. Each expression that derivatives pass through notes on a tape which one
it was, and what its adjoints need:

    while fallen < height:            while (fallen->value < height->value) {
        fallen += v * dt                  /* 9: fallen += v * dt */
                                          keep(w, fallen); keep(w, v);
                                          fallen = noted(w, fallen->value + v->value * dt, FALLING_9);

The reverse pass takes the tape from its end, and has the adjoint of each expression, with the user's line. A float is
an object with its adjoint, so that one under several names, or in several lists, has one adjoint, as in an eager pass;
this is why the reverse pass is no mirror image of the loops with an adjoint per variable, which adds in another order.
"""
