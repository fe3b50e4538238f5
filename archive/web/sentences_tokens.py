"""The sentences of API tokens."""

from archive.web.language import N_

OF_TOKENS: dict[str, str] = {
    "The role of this token has ended.": N_("此令牌所代表的角色已终止。"),
    "Make a token for a role that you hold.": N_("请为现有角色另建令牌。"),
    "A token lives 1 to {} days.": N_("令牌的有效期为 1 至 {} 天。"),
    "Choose a shorter time.": N_("请填写较短的天数。"),
    "Nobody has more than {} tokens.": N_("每人最多有 {} 个令牌。"),
    "Revoke those that nothing uses.": N_("请先吊销不再使用的令牌。"),
    "The name of a token has 1 to {} characters.": N_("令牌名称须为 1 至 {} 个字符。"),
    "Say what it is for.": N_("请写明用于哪个程序。"),
    "You do not hold this role.": N_("您没有此角色。"),
    "Choose one of your own roles.": N_("请从自己的角色中选择。"),
    "This token is revoked already.": N_("此令牌已经吊销。"),
}
