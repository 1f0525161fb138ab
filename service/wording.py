"""Wording: the Chinese words that officers read for the codes of an assessment."""

from __future__ import annotations

from collections.abc import Mapping

URGENCY: Mapping[str, str] = {
    "R0": "立即处置",
    "R1": "当日处置",
    "R2": "法定期限临近",
    "R3": "本级办理超期",
    "none": "一般",
}
HELP_NOW = (
    "说不想活是求助，不是威胁：先打电话，问清人在哪里、身边有谁、有没有受伤；有人正受伤害拨 110，起火、被困拨 119，要救命拨 120；"
    "可告诉来信人心理援助热线 12356，不要只发自动答复。怎么处置由人决定，联系过后请写入办理意见。"
)
GROUP: Mapping[str, str] = {"likely": "很可能是群体事项", "possible": "可能是群体事项", "none": "未见群体信号"}
LITIGATION: Mapping[str, str] = {
    "pending": "正在诉讼、仲裁或复议",
    "concluded": "诉讼、仲裁或复议已有结论",
    "none": "未见诉讼、仲裁或复议",
}
ACCESS: Mapping[str, str] = {"normal": "一般", "sensitive": "敏感（隐去来信人）", "restricted": "检举控告专门通道"}
DISPOSITION: Mapping[str, str] = {"auto": "建议按此分流", "review": "待人工复核"}
STATE: Mapping[str, str] = {"open": "尚无办理意见", "decided": "已有办理意见"}
DEADLINES: Mapping[str, str] = {
    "forward_by": "转送期限",
    "notify_by": "告知期限",
    "object_by": "异议期限",
    "close_by": "办结期限",
}
AGAIN: Mapping[str, str] = {"objection": "承办单位提出异议", "suspect": "办理意见的分类可能有误，请再看一次"}
OUTCOME: Mapping[str, str] = {"pending": "待核实", "upheld": "已采纳", "rejected": "未采纳"}
JOB_STATE: Mapping[str, str] = {"queued": "等待开始", "running": "正在进行", "done": "已完成", "failed": "失败"}
VERDICT: Mapping[str, str] = {"True": "通过比较，可以启用", "False": "未通过比较，不能启用", "None": "没有与其他版本比较过"}
HELD_OUT: Mapping[str, str] = {
    "letters": "留出评测的训练信件",
    "at_1": "首选分类正确率",
    "at_3": "前三个分类含正确分类的比例",
    "domain": "领域正确率",
    "macro_f1": "各分类平均 F1",
    "calibration_error": "把握程度的误差",
    "scope_auroc": "区分信访件与非信访件（AUROC）",
}
GROUP_LESSON: Mapping[str, str] = {"True": "已从群体件的办理意见学习", "False": "沿用在用模型的群体件判断"}
DRIFT: Mapping[str, str] = {"known": "生词", "categories": "分类构成", "confidence": "把握程度"}
HELD_BACK: Mapping[str, str] = {
    "waiting": "待核实不学习",
    "changed_code": "分类已拆分或停用不学习",
    "unknown_code": "分类已不存在不学习",
    "contradicting": "办理意见互相矛盾不学习",
}
GROUP_STATE: Mapping[str, str] = {
    "candidate": "待确认",
    "confirmed": "已确认",
    "dismissed": "已否定",
    "closed": "已办结",
    "merged": "已并入其他群体件",
}
GROUP_WHAT: Mapping[str, str] = {"confirm": "确认", "split": "分出", "merge": "并入", "dismiss": "否定", "close": "办结"}
LINK_KIND: Mapping[str, str] = {"copy": "文字雷同", "repeat": "同一来信人再次反映", "same_matter": "同一事项"}
DOUBTS: Mapping[str, str] = {
    "below_cut": "把握不足，未达到误转承诺",
    "tie": "两个分类难以区分",
    "unknown_words": "生僻用语较多，模型所知有限",
    "too_short": "文字太少，无法可靠判断",
    "out_of_scope": "可能不是信访件（讲话、通知、广告、问候等）",
    "accused_recipient": "通常的承办单位被反映或可能被反映",
    "urgent": "可能紧急，须有人立即查看",
    "restricted": "涉及检举控告，须由专办人员处理",
    "no_route": "没有可建议的承办单位",
    "several_matters": "一信多事，须逐项确认分流",
}


def say(table: Mapping[str, str], code: str) -> str:
    """Give the words for a code; a code without words is shown as it is.

    >>> say(URGENCY, "R0"), say(DOUBTS, "something new")
    ('立即处置', 'something new')
    """
    return table.get(code, code)
