// Pure: an app's form as the input of the port, and its faults back at the fields.
import type { AppDetails, AppInput } from '#core/ports-apps.ts'
import type { Faults, FormValues } from './forms.ts'

const clientTexts = [
  'name',
  'description',
  'launchURL',
  'backchannelLogoutURL',
  'initiateLoginURL',
  'accessTokenDurationMinutes',
  'refreshTokenDurationMinutes',
] as const
const clientLists = ['callbackURLs', 'logoutCallbackURLs'] as const
export const clientFlags = [
  'isPublic',
  'skipConsent',
  'requiresReauthentication',
  'isGroupRestricted',
  'pkceEnabled',
  'requiresPushedAuthorizationRequests',
  'requiresDpop',
] as const

export type ClientText = (typeof clientTexts)[number] | (typeof clientLists)[number]
export type ClientFlag = (typeof clientFlags)[number]

/** What a form shows: the app, or what somebody typed. A list is a text of lines. */
export interface ClientValues {
  readonly text: Readonly<Record<ClientText, string>>
  readonly flag: Readonly<Record<ClientFlag, boolean>>
}

type Known = Pick<AppDetails, 'callbackURLs' | 'logoutCallbackURLs' | (typeof clientTexts)[number] | ClientFlag>

const nothing: Known = {
  name: '',
  description: '',
  launchURL: null,
  backchannelLogoutURL: null,
  initiateLoginURL: null,
  accessTokenDurationMinutes: 60,
  refreshTokenDurationMinutes: 43_200,
  callbackURLs: [],
  logoutCallbackURLs: [],
  isPublic: false,
  skipConsent: false,
  requiresReauthentication: false,
  isGroupRestricted: false,
  pkceEnabled: false,
  requiresPushedAuthorizationRequests: false,
  requiresDpop: false,
}

export const valuesOfClient = (app: Known = nothing): ClientValues => ({
  text: {
    ...(Object.fromEntries(clientTexts.map((name) => [name, String(app[name] ?? '')])) as Record<ClientText, string>),
    ...Object.fromEntries(clientLists.map((name) => [name, app[name].join('\n')])),
  },
  flag: Object.fromEntries(clientFlags.map((name) => [name, app[name]])) as Record<ClientFlag, boolean>,
})

/** @param known what the form did not show stays as it was */
export function typedClient(form: FormValues, known: ClientValues): ClientValues {
  const sent = new Set(form.names)
  const texts = [...clientTexts, ...clientLists].map((name) => [name, sent.has(name) ? form.text(name) : known.text[name]])
  const flags = clientFlags.map((name) => [name, sent.has(name) ? form.checked(name) : known.flag[name]])
  return { text: Object.fromEntries(texts), flag: Object.fromEntries(flags) }
}

const lines = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** A text that is no number goes on as one, so that the port's own words refuse it. */
const minutes = (text: string): number => (text.trim() === '' ? 0 : Number(text))

export function clientInput({ text, flag }: ClientValues, known?: AppDetails): AppInput {
  const { accessTokenDurationMinutes, refreshTokenDurationMinutes, callbackURLs, logoutCallbackURLs, ...texts } = text
  return {
    ...texts,
    ...flag,
    callbackURLs: lines(callbackURLs),
    logoutCallbackURLs: lines(logoutCallbackURLs),
    accessTokenDurationMinutes: minutes(accessTokenDurationMinutes),
    refreshTokenDurationMinutes: minutes(refreshTokenDurationMinutes),
    ...(known ? { credentials: { federatedIdentities: known.credentials.federatedIdentities } } : {}),
  }
}

/** `callbackURLs.0` is a fault of the field `callbackURLs`. */
export const atFields = (faults: Faults): Faults => {
  const found: Record<string, string> = {}
  for (const [place, message] of Object.entries(faults)) found[place.split('.')[0] ?? ''] ??= message
  return found
}
