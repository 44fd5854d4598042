"""Codes of receipts that others have published, as facts: real signatures of real TSEs to hold our check against.

`FISKALY`, `SWISSBIT`: github.com/berohndo/tse_signature_verification (Apache-2.0), QrCodeVerificationTest.java.
`TX_11`, `TX_94`, `TX_10`: github.com/fiskaltrust/interface-doc, single-receipt-creation.md, the examples' answers. The last one's
signature does not belong to its text.
"""

from __future__ import annotations

from typing import Final

_KEY: Final = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENFFPGk1vDk92IL6tjsVQ6kpwc4TCsYNNGGoc0cN4dUPQZwOo2tuQlrQAVvMfO+XHWsnphAtN5cUbIwdtMk/Z6g=="
_REGISTER: Final = "220130d5-9060-4e26-b75c-35968f49aae3"
_DATA: Final = "Beleg^7.50_0.00_0.00_0.00_0.00^7.50:Bar"

FISKALY: Final = (
    "V0;ERS 8cb8e2de-4052-481b-945b-118022951944;Kassenbeleg-V1;Beleg^21.42_0.00_0.00_0.00_0.00^21.42:Unbar;1;31;"
    "2021-08-23T14:36:27.000Z;2021-08-23T14:36:33.000Z;ecdsa-plain-SHA256;unixTime;"
    "TGnWiq3ZW7gi4Vs+DxLGsJZj9v271dHmhQAcb057F3oWkdKJ61UW2LLVTZQhW673yLa53Mm6oPeMU1Ns3ZOH7w==;"
    "BGFKQP7EENf3s5hTDXvlh+xyJ1Q9BNIa9LyYbYK+pTAKAGQ2fmI40p5QOrpHpvb+UuOrNQJdhzggHNfyyyDyf/g="
)
SWISSBIT: Final = (
    "V0;AMA-6200;KassenBeleg-V1;Beleg^2.90_0.00_0.00_0.00_2.10^5.00:Unbar;160504;344413;"
    "2021-07-23T10:12:54.000Z;2021-07-23T10:12:55.000Z;ecdsa-plain-SHA384;unixTime;"
    "NgqBkWMvhLmCKa9cJJ8JodfAdlkfcFFyW0J7Ks9lTz9I4QFKhLzyGF/02kWsCRg0LoiJtkq+0Ak9GovodNFLOBG00ewEj40/"
    "GbI9zLtNt9j90w4Sz3GcxTSrr3rqhIhN;"
    "BCd1vZvSJsJwBTqshgDVsrG4Gg+oN3jeeFEgjGiKs9ELd170vy/jO3iMMF6tAVUfjyYn9jRXng8Z4qWXaqoJ53+y+OFeSY/"
    "lQsdZWCODkzhlhkJxJw2k9Z1A4gFX6Riotw=="
)
TX_11: Final = (
    f"V0;{_REGISTER};Kassenbeleg-V1;{_DATA};11;21;2020-05-22T11:33:01.000Z;2020-05-22T11:33:02.000Z;"
    "ecdsa-plain-SHA256;utcTime;"
    f"HSmIZw0g6tpJ/UeNYutHic5PXORANAH5V9+Fon9SfCvx3A/gO7Dguaxd8Mn/YKadgfLTV7s1VzWPe/QolS6dAg==;{_KEY}"
)
TX_94: Final = (
    f"V0;{_REGISTER};Kassenbeleg-V1;{_DATA};94;168;2020-05-29T14:08:23.000Z;2020-05-29T14:08:24.000Z;"
    "ecdsa-plain-SHA256;utcTime;"
    f"+dZ0zPEUJbjd7/vp5hA8GtbcGJvPxT/SyNiBWLxs3EzgjqL4HPFrmET/jalGD/ZiyIdZq9mx+YphP5tjCiT1pw==;{_KEY}"
)
TX_10: Final = (
    f"V0;{_REGISTER};Kassenbeleg-V1;{_DATA};10;19;2020-05-22T10:47:42.000Z;2020-05-22T10:48:17.000Z;"
    "ecdsa-plain-SHA256;utcTime;"
    f"FGq8kd0kuQjHmyK8/Ca73h1mqOSRsctDfM/h7zddskjM7iKLuVs+Mwff8WCUz45kA/F2lF9kI90zny8Tnuhf/w==;{_KEY}"
)
