"""Opens and seals archives with Google's Tink alone: the judge of what pgkeep seals and opens.

usage: tink-seal.py open ARCHIVE PRIVATE PUBLIC     write the text of a sealed archive; keys in hexadecimal
       tink-seal.py seal ARCHIVE PUBLIC...          seal standard input
"""
import hashlib, os, sys

import tink
from tink import hybrid, secret_key_access, streaming_aead
from tink.proto import aes_gcm_hkdf_streaming_pb2, common_pb2, hpke_pb2, tink_pb2

MAGIC = b"pgkeep sealed archive 1\n"
PARAMS = hpke_pb2.HpkeParams(
    kem=hpke_pb2.DHKEM_X25519_HKDF_SHA256, kdf=hpke_pb2.HKDF_SHA256, aead=hpke_pb2.AES_256_GCM)
hybrid.register()
streaming_aead.register()


def handle(name, message, material):
    """A keyset of one key without a prefix."""
    keyset = tink_pb2.Keyset(primary_key_id=1)
    key = keyset.key.add(key_id=1, status=tink_pb2.ENABLED, output_prefix_type=tink_pb2.RAW)
    key.key_data.type_url = "type.googleapis.com/google.crypto.tink." + name
    key.key_data.value = message.SerializeToString()
    key.key_data.key_material_type = material
    if material == tink_pb2.KeyData.ASYMMETRIC_PUBLIC:
        return tink.proto_keyset_format.parse_without_secret(keyset.SerializeToString())
    return tink.proto_keyset_format.parse(keyset.SerializeToString(), secret_key_access.TOKEN)


def public(key):
    return hpke_pb2.HpkePublicKey(version=0, params=PARAMS, public_key=bytes.fromhex(key))


def stream(data_key):
    params = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingParams(
        ciphertext_segment_size=1 << 20, derived_key_size=32, hkdf_hash_type=common_pb2.SHA256)
    key = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingKey(version=0, params=params, key_value=data_key)
    return handle("AesGcmHkdfStreamingKey", key, tink_pb2.KeyData.SYMMETRIC).primitive(streaming_aead.StreamingAead)


if sys.argv[1] == "open":
    path, private, own = sys.argv[2:]
    with open(path, "rb") as file:
        start = file.read(26)
        assert start[:24] == MAGIC
        header = start + file.read(88 * int.from_bytes(start[24:], "big") + 32)
        assert hashlib.sha256(header[:-32]).digest() == header[-32:]
        identifier = hashlib.sha256(bytes.fromhex(own)).digest()[:8]
        place = next(at for at in range(26, len(header) - 32, 88) if header[at : at + 8] == identifier)
        key = hpke_pb2.HpkePrivateKey(version=0, public_key=public(own), private_key=bytes.fromhex(private))
        decrypter = handle("HpkePrivateKey", key, tink_pb2.KeyData.ASYMMETRIC_PRIVATE).primitive(hybrid.HybridDecrypt)
        data_key = decrypter.decrypt(header[place + 8 : place + 88], MAGIC)
        with stream(data_key).new_decrypting_stream(file, header) as text:
            sys.stdout.buffer.write(text.read())
else:
    path, *recipients = sys.argv[2:]
    data_key = os.urandom(32)
    header = MAGIC + len(recipients).to_bytes(2, "big")
    for recipient in recipients:
        encrypter = handle("HpkePublicKey", public(recipient), tink_pb2.KeyData.ASYMMETRIC_PUBLIC)
        header += hashlib.sha256(bytes.fromhex(recipient)).digest()[:8]
        header += encrypter.primitive(hybrid.HybridEncrypt).encrypt(data_key, MAGIC)
    header += hashlib.sha256(header).digest()
    with open(path, "wb") as file:
        file.write(header)
        with stream(data_key).new_encrypting_stream(file, header) as text:
            text.write(sys.stdin.buffer.read())
