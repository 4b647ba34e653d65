// Where an address lies on the map: for whoever shows people where somebody came from.
import type { Port } from './ports.ts'

/** In English, as the audit log of Pocket ID has it; an empty text for what is not known. */
export interface Place {
  readonly country: string
  readonly city: string
}

export interface Places {
  /** Never fails: what cannot be found out is not known. */
  of(ipAddress: string | null): Promise<Place>
}

export const nowhere: Place = { country: '', city: '' }

export const places: Port<Places> = { name: 'places' }

/** "Lisbon, Portugal", or as much of it as is known. */
export const placeText = ({ city, country }: Place): string => [city, country].filter(Boolean).join(', ')
