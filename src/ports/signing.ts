/**
 * The two primitives that deliveries are signed with. A port, because the hosts differ tenfold: a cached
 * KeyObject on Node costs 2.7 µs and is synchronous, WebCrypto 15 to 20 µs and is not.
 * Each call that takes a key imports it once; keep what it answers for as long as the key is in use.
 */
export type SignatureKeys = {
  hmacSha256(key: Uint8Array): SignContent;
  /** `privateKey` is the 32-byte seed and the 32-byte public key, as Standard Webhooks writes `whsk_`. */
  ed25519(privateKey: Uint8Array): SignContent;
  /** 64 and 32 bytes. */
  newEd25519(): Ed25519Pair | Promise<Ed25519Pair>;
};

/** Standard base64 of the signature over the UTF-8 bytes of the content. */
export type SignContent = (content: string) => string | Promise<string>;

export type Ed25519Pair = { privateKey: Uint8Array; publicKey: Uint8Array };
