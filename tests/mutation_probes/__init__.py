"""Mutation probes: small faults, put into a copy of the checkout one at a time, each of which some test must find.

python -m tests.mutation_probes                  all of them
python -m tests.mutation_probes guards           those of one table
python -m tests.mutation_probes "leak of"        those whose name has this in it
"""
