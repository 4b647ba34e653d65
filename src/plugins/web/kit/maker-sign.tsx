// What made a passkey, as a small sign: a letter or two on a colour of its maker's kind. Drawn here, so nobody's trade mark is copied.
import { Icon } from './icon.tsx'

/** The beginning of a product's name, its letters, and its hue (oklch); more than one letter where one would stand for two makers. */
const makers: readonly (readonly [RegExp, letters: string, hue: number])[] = [
  [/^Google|^Chrom/, 'G', 255],
  [/^(Apple|iCloud)/, 'A', 235],
  [/^Windows/, 'W', 240],
  [/^Edge/, 'E', 210],
  [/^1Password/, '1P', 258],
  [/^Bitwarden/, 'B', 262],
  [/^Dashlane/, 'D', 185],
  [/^NordPass/, 'N', 195],
  [/^Keeper/, 'K', 75],
  [/^KeePass/, 'KX', 145],
  [/^Samsung/, 'S', 265],
  [/^Proton/, 'P', 290],
  [/^LastPass/, 'L', 20],
  [/^Enpass/, 'E', 245],
  [/YubiKey|Yubico/, 'Y', 135],
  [/Nitrokey/i, 'NK', 25],
  [/SoloKeys?|^Solo/, 'SO', 0],
  [/Feitian/i, 'F', 40],
  [/Token2/i, 'T2', 220],
  [/Ledger/, 'Le', 50],
  [/Trezor/i, 'Tr', 160],
]

/** A name that is not in the list has its own letter, and a colour that stays the same. */
function signOf(name: string): { readonly letters: string; readonly hue: number } {
  const [, letters, hue] = makers.find(([pattern]) => pattern.test(name)) ?? []
  if (letters !== undefined && hue !== undefined) return { letters, hue }
  const sum = [...name].reduce((all, letter) => (all * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7)
  return { letters: [...name][0]?.toUpperCase() ?? '', hue: sum }
}

interface MakerSignProps {
  /** The product's name; null where nobody knows it. */
  readonly authenticator: string | null
  /** What is drawn then. */
  readonly otherwise: string
}

export function MakerSign({ authenticator, otherwise }: MakerSignProps) {
  if (authenticator === null)
    return (
      <span class="row-icon">
        <Icon name={otherwise} />
      </span>
    )
  const { letters, hue } = signOf(authenticator)
  return (
    <svg class="maker" viewBox="0 0 36 36" aria-hidden="true">
      <rect width="36" height="36" rx="10" fill={`oklch(.5 .13 ${hue})`} />
      <text x="18" y="18.5" font-size={letters.length > 1 ? 14 : 17}>
        {letters}
      </text>
    </svg>
  )
}
