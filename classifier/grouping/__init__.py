"""Group cases (群体件): which letters are about one matter (信访事项), decided as they arrive, with the evidence.

``background`` how common words are; ``profile`` what is kept of a letter; ``names`` places and firms; ``pair`` two letters side by
side; ``scorer`` how likely they are about one matter; ``index`` where candidates come from; ``linkage`` which group a letter joins;
``flags`` when a group is shown; ``archive`` a whole file; ``training`` fits the scorer on written letters.
"""
