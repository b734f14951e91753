"""The forms that providers give their keys, so that a key is known by its look.

What detect-secrets lacks, or finds only where the whole key follows. Sources: the
providers' own documentation and the rules of gitleaks (MIT).
"""

import re

_FORMS = {
    "private key": (
        r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----",
        r"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY",
        r"\bPuTTY-User-Key-File-\d",
        r"\bAGE-SECRET-KEY-1[0-9A-Z]{50,}",
    ),
    "GitHub token": (r"\bgithub_pat_\w{40,}", r"\bgh[oprsu]_[A-Za-z0-9]{30,}"),
    "GitLab token": (
        r"\bgl(?:agent|cbt|dt|ffct|ft|imt|oas|pat|ptt|rt|soat|wt)-[\w-]{20,}",
        r"\bGR1348941[\w-]{20,}",
    ),
    "AWS key": (r"\b(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[A-Z0-9]{16}\b",),
    "app token": (r"\bx(?:app|ox[a-z])-(?i:\d-)?[A-Za-z0-9-]{20,}",),
    "webhook": (
        r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{30,}",
        r"discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d{16,20}/[\w-]{50,}",
        r"\bwhsec_[A-Za-z0-9+/=]{24,}",
    ),
    "bot token": (
        r"\b[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,}",
        r"\bmfa\.[\w-]{80,}",
        r"\b\d{8,10}:AA[\w-]{32,}",
    ),
    "Google key": (
        r"\bAIza[\w-]{35}",
        r"\bya29\.[\w-]{30,}",
        r"\bGOCSPX-[\w-]{24,}",
    ),
    "model provider's key": (
        r"\bsk-(?:[A-Za-z]{2,10}-)?[A-Za-z0-9_-]{20,}",
        r"\bhf_[A-Za-z0-9]{30,}",
        r"\b(?:gsk_|xai-|r8_|pplx-|nvapi-|co-)[\w-]{36,}",
    ),
    "payment provider's key": (
        r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}",
        r"\bsq0(?:atp|csp)-[\w-]{22,}",
        r"\bEAAA[\w-]{60}",
        r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}",
        r"\baccess_token\$production\$[a-z0-9]{16}\$[a-f0-9]{32}",
    ),
    "package registry's token": (
        r"\bnpm_[A-Za-z0-9]{36}",
        r"\bpypi-[\w-]{50,}",
        r"\brubygems_[a-f0-9]{48}",
        r"\bdckr_(?:pat|oat)_[\w-]{27,}",
        r"\bcio[A-Za-z0-9]{32}\b",
        r"\boy2[a-z0-9]{43}\b",
    ),
    "cloud provider's key": (
        r"\bdo[opr]_v1_[a-f0-9]{64}",
        r"\bAccountKey=[A-Za-z0-9+/]{40,}={0,2}",
        r"\bSharedAccessKey=[A-Za-z0-9+/]{30,}={0,2}",
        r"[?&]sig=[\w%]{40,}",
        r"\b[\w~.-]{3}8Q~[\w~.-]{31,34}",
        r"\bHRKU-[\w-]{36,}",
        r"\bhv[sbr]\.[\w-]{24,}",
        r"\b[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}",
        r"\btskey-(?:[a-z]+-)?[\w-]{20,}",
        r"\bdp\.(?:ct|pt|sa|st|scim|audit)\.[A-Za-z0-9._-]{40,}",
        r"\bpscale_(?:tkn|pw|oauth)_[\w.=-]{32,}",
        r"\bsb[pa]_[a-f0-9]{40}",
        r"\bdapi[a-f0-9]{32}",
    ),
    "service's token": (
        r"\bSG\.[\w-]{16,32}\.[\w-]{16,64}",
        r"\bkey-[a-z0-9]{32}\b",
        r"\bSK[a-f0-9]{32}\b",
        r"\bsl\.[\w-]{100,}",
        r"\blin_(?:api|oauth)_[A-Za-z0-9]{32,}",
        r"\b(?:ntn_|secret_)[A-Za-z0-9]{40,}",
        r"\bfig[dour]+_[\w-]{36,}",
        r"\bAT(?:ATT3|BB|CTT3)[\w=-]{24,}",
        r"\bpat[A-Za-z0-9]{14}\.[a-f0-9]{64}",
        r"\bgl(?:sa|c)_[A-Za-z0-9+/=_]{32,}",
        r"\bsntry[su]_[\w+/=-]{40,}",
        r"\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}",
        r"\bNRAK-[A-Z0-9]{27}",
        r"\bEAACEdEose0cBA[A-Za-z0-9]+",
        r"\bA{20,22}[\w%]{60,}",
        r"\b[sp]k\.eyJ[\w-]{50,}\.[\w-]{20,}",
    ),
    "JSON web token": (r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*",),
    "sign-in header": (
        r"(?i:\bBearer)\s+(?=\S*\d)[\w.~+/-]{20,}=*",
        r"(?i:Authorization[\"']?\s*[:=]\s*[\"']?Basic)\s+[A-Za-z0-9+/]{6,}={0,2}",
        r"\bcurl (?:-{1,2}[\w-]+ ){0,4}(?:-u|--user)[ =][\"']?[\w.@-]{1,40}:[^\s\"']{4,}",
        # Elsewhere the option may be --update, or name a user and a group.
        (
            r"(?:(?<!rsync)\s-u|--user)[ =][\"']?(?!\d+:)[\w.@-]{1,40}:(?![/~]|\$[({])"
            r"(?=[^\s\"']*[^\s\"'a-z_-])[^\s\"']{6,}"
        ),
        # A line of .netrc, and no sentence about "your login and password".
        (
            r"(?i:\blogin)\s+(?!(?i:and|or|with|your|the)\b)\S{1,60}\s+(?i:password)\s+"
            r"(?=\S*\d|\S*[$%&*+=@^_~#!]\S)\S{4,}"
        ),
        r"\bmachine\s+\S+\.\S+\s+login\s+\S{1,60}\s+password\s+\S{4,}",
    ),
    "password's hash": (
        r"\$(?:2[abxy]|[156]|y|apr1|argon2(?:id?|d))\$[\w./$+=,-]{20,}",
    ),
}

FORMATS = {kind: re.compile("|".join(forms)) for kind, forms in _FORMS.items()}
