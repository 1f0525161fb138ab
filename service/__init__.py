"""Fenxin's office: receives letters (信访件), keeps them, shows them to officers and records what officers decide.

Read it in this order: ``settings, moments, tables`` -> ``database`` -> ``storage`` -> ``access, intake, review`` -> ``schemas,
problems, desk`` -> ``api``, beside it ``highlight, wording, presentation, forms`` -> ``pages`` -> ``gate`` -> ``app``.
"""
