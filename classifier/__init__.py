"""Fenxin's reading room: a letter (信访件) in, an explained and routed assessment (研判结果) out.

Knows letters; knows nothing of the web, of databases or of the environment. Read it in this order:

``errors, letter`` -> ``text, taxonomy`` -> ``signals, features, routing`` -> ``model, explain, doubt`` -> ``assess``; beside it
``corpus, evaluation`` -> ``training, registry``.
"""
