"""Is the order of the discrete logarithms special, or would any other order look like that?

Nothing is trained: the last weights of other experiments are read. A network that multiplies by
logarithms has an embedding with few waves over them. But the order of the numbers, in which it has
none, is one other order of 130! and a weak control. The controls here have equal power: the
same rows of the embedding, with the same energy, and every order is free to count its own strongest
frequencies, whichever and however many they are.

- *Random orders* of the non-zero numbers.
- *Shifted logarithms*, log_g(a + c) for c = 1 … p-1: orders made in the same way, which look as
  random and are as special, but belong to no multiplication. Number p-c has no place in them.
- *Other primitive roots*: no control. They must give the same spectrum with its bars in other
  places, which checks the measure.

The reading, stated before any control was looked at. Known were the two orders of the page: Gini
coefficients of 0.65 and 0.09, and that seven frequencies of the logarithm hold 97% of the energy
and answer everything alone. In a run that learned its task, the energy is more concentrated in the
task's own order than in any control,

1. whichever number k of strongest frequencies is counted: its k strongest hold a larger share of
   the centred energy than the k strongest of any control, for every k below the number of all;
2. by more than chance: its Gini coefficient is above the largest of the controls by 0.1 or more,
   and its spectral entropy below their smallest by ln 2 or more, the margins that the claim had
   against the order of the numbers.

And the answers hang on these frequencies, not on energy:

3. the key frequencies of the own order alone answer 90% of the pairs or more, as many of the
   strongest of a control order, its own choice, never more than 10%;
4. without them at most 10% are right, while the embedding shrunk evenly about its mean to the
   energy that is then left still answers 90% or more. If the shrunk one does not, taking out cannot
   tell directions from energy. (To take as much energy out in a control order is no control: each
   of its frequencies holds a part of every wave, so that nearly all of each is taken out as well.)

Asked after that had been seen, and deciding nothing: what a network answers when that which is left
without the key frequencies, or that which is kept of a control order, is amplified about its mean
to the energy of all.

A network that adds is asked the same for its discrete-log order, with random orders as control; 1
and 2 must fail there, and hold for the order of the numbers. A network that has not learned its
task is shown, and counts for nothing.
"""

from dataclasses import dataclass

NAME = "orders"
SURVEYS = ("multiplication_seeds", "seeds")
NEEDS = ("addition", "co_grokking", "multiplication", *SURVEYS)


@dataclass(frozen=True)
class Config:
    """Random orders whose spectrum is taken, and those of them whose frequencies are kept alone."""

    n_random: int = 9_999
    n_kept: int = 100
    seed: int = 0


CONFIG = Config()
QUICK = Config(n_random=19, n_kept=2)
