"""The container of the seal, CMS in hexadecimal: is it written as we write it? Pure."""

from typing import Any

from asn1crypto import cms  # type: ignore[import-untyped]


def is_plain(data: bytes, gap: tuple[int, int], container: bytes) -> bool:
    """True if the seal's own bytes are exactly those that we write.

    The digest of the file cannot cover the container it lies in, so a byte there could change
    unseen: letter case of the digits, the padding, fields that nobody reads. `gap`: where it lies.
    """
    begin, end = gap
    size = (end - begin - 2) // 2
    plain = _rebuilt(cms.ContentInfo.load(container))
    written = b"<" + plain.ljust(size, bytes(1)).hex().upper().encode() + b">"
    return data[begin:end] == written


def _rebuilt(content: Any) -> bytes:
    """The container made again from the parts that are signed, and the constants."""
    signed = content["content"]
    info, certificate = signed["signer_infos"][0], signed["certificates"][0].chosen
    rebuilt = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {
                            "issuer": certificate.issuer,
                            "serial_number": certificate.serial_number,
                        }
                    )
                }
            ),
            "digest_algorithm": {"algorithm": "sha256"},
            "signed_attrs": info["signed_attrs"],
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature": info["signature"],
        }
    )
    return bytes(
        cms.ContentInfo(
            {
                "content_type": "signed_data",
                "content": cms.SignedData(
                    {
                        "version": "v1",
                        "digest_algorithms": [{"algorithm": "sha256"}],
                        "encap_content_info": {"content_type": "data"},
                        "certificates": [certificate],
                        "signer_infos": [rebuilt],
                    }
                ),
            }
        ).dump()
    )
