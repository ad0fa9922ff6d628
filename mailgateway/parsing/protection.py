"""Whether a letter was signed or encrypted on its way. Nothing is verified and nothing opened."""

from dataclasses import replace

from mailgateway.parsing.structure import Part, payload

SIGNED, ENCRYPTED = "signed", "encrypted"
_SIGNATURES = ("application/pkcs7-signature", "application/pgp-signature")
# Object identifiers of CMS (RFC 5652, RFC 5083) as they stand in the first bytes.
_KINDS = {
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02": SIGNED,
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03": ENCRYPTED,
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17": ENCRYPTED,
}


def protection_of(parts: list[Part], text: str) -> str:
    """`encrypted` outweighs `signed`; an empty string where neither is claimed."""
    found = {_of_part(part) for part in parts} | {_of_text(text)}
    return next((kind for kind in (ENCRYPTED, SIGNED) if kind in found), "")


def _of_part(part: Part) -> str:
    if part.inside == "multipart/encrypted":
        return ENCRYPTED
    if part.content_type in _SIGNATURES and part.inside == "multipart/signed":
        return SIGNED
    if part.content_type != "application/pkcs7-mime":
        return ""
    claimed = part.parameters.get("smime-type", b"").lower()
    if claimed in (b"enveloped-data", b"authenveloped-data"):
        return ENCRYPTED
    if claimed == b"signed-data":
        return SIGNED
    start = payload(replace(part, body=part.body[:400]), [])[:100]
    return next((kind for number, kind in _KINDS.items() if number in start), "")


def _of_text(text: str) -> str:
    start = text[:2000].lstrip()
    if start.startswith("-----BEGIN PGP MESSAGE-----"):
        return ENCRYPTED
    return SIGNED if start.startswith("-----BEGIN PGP SIGNED MESSAGE-----") else ""
