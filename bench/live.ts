// From a change in slapd to the claim at userinfo: an app asks with the access token it was given, over and over, until it shows.
import { setTimeout as pause } from 'node:timers/promises'
import { openDatabase } from '#core/db/client.ts'
import type { OpenLdap } from '../sample/openldap.ts'
import type { PocketId } from '../sample/pocket-id.ts'
import { userName } from '../sample/seed.ts'
import { bearer, codeFor, redeem, registerApp, signInAgain, type Target, tokens } from '../test/support/apps.ts'
import { targetOf } from '../test/support/target.ts'
import { visit } from '../test/support/visitor.ts'
import { startChanger } from './directory-work.ts'
import { median } from './measure.ts'
import { key } from './people.ts'

export interface LiveFigures {
  readonly median: number
  readonly worst: number
  readonly rounds: number
}

const liveRounds = 200
/** A machine that is busy with other things makes fewer rounds rather than a longer benchmark. */
const liveMilliseconds = 120_000

/** @param server has finished its run at start @param database where it keeps its rows */
export async function measureLive(server: PocketId, ldap: OpenLdap, database: string): Promise<LiveFigures> {
  const { fetch: ask } = targetOf(server)
  const target: Target = { fetch: ask, asAdmin: (path, more) => ask(path, { ...more, headers: { 'x-api-key': key } }) }
  const uid = userName(7)
  const token = await accessToken(target, uid, database)
  const claim = async () =>
    ((await (await target.fetch('/api/oidc/userinfo', { headers: bearer(token) })).json()) as { family_name: string }).family_name
  const changer = startChanger(ldap)
  const change = async (name: string) => {
    const begun = performance.now()
    changer.rename(uid, name)
    while ((await claim()) !== name) await pause(1)
    return performance.now() - begun
  }
  try {
    // Listening begins when the run at start is through.
    await change('Listening')
    const all: number[] = []
    const end = performance.now() + liveMilliseconds
    while (all.length < liveRounds && performance.now() < end) all.push(await change(`Name ${all.length}`))
    return { median: median(all), worst: Math.max(...all), rounds: all.length }
  } finally {
    await changer.stop()
  }
}

/** Somebody of the directory signs in to an app. */
async function accessToken(target: Target, uid: string, database: string): Promise<string> {
  const db = await openDatabase(database)
  const app = await registerApp(db).finally(() => db.close())
  const found = await target.asAdmin(`/api/users?search=${uid}`)
  const { data } = (await found.json()) as { data: readonly { id: string }[] }
  const visitor = visit(target)
  await signInAgain(target, data[0]?.id ?? '', visitor)
  return (await tokens(redeem(target, app, await codeFor(visitor, app)))).access_token
}
