"""What the letter itself shows (信号), each with the words that show it: rules and term lists, and one learnt alarm.

reader     one reading of a document: ``load_reader(taxonomy).read(document, purpose=…)`` -> ``Signals``
terms      the rows of ``signal_terms.csv``, found in one pass over the document
counts     numbers of people and households, with what kind of number each is; ``numerals`` reads 三十八 and 一百二十余
group      several people behind one letter: level, who signed, who is touched
urgency    R0 a life in danger now, R1 today, R2 a statutory clock
alarm      a small linear model that hears a life in danger where no list has the words; ``alarm_training`` renews it
litigation a procedure pending or concluded
accused    the unit or office an accusation complains of
"""
