// `pocket-id encryption-key-rotate`: seals every secret with another key, while no server runs.
import { parseArgs } from 'node:util'
import { createVault, randomToken } from '#core/crypto.ts'
import { dropNextKey, layNextKey, settleKey } from '#core/kernel/encryption-key.ts'
import type { Ground } from '#core/kernel/ground.ts'
import { refuseBesideServer } from '#core/kernel/presence.ts'
import { reseal } from '#core/kernel/reseal.ts'
import { quietGround } from './lend.ts'
import { confirm, type Said, standardInput } from './words.ts'

const variable = 'NEW_ENCRYPTION_KEY'
const shortest = 16

/**
 * One transaction: a crash leaves the old key and everything sealed with it. The new key is laid beside the old one before, and takes
 * its place after (kernel/encryption-key.ts).
 */
export async function rotateEncryptionKey(args: readonly string[], said: Said): Promise<void> {
  const options = {
    'new-key': { type: 'string' },
    yes: { type: 'boolean', short: 'y', default: false },
    'forced-lock': { type: 'boolean', default: false },
  } as const
  const { values } = parseArgs({ args: [...args], options })
  const given = await newKey(values['new-key'], said.environment[variable])
  const { [variable]: _taken, ...environment } = said.environment
  const ground = await quietGround(environment)
  try {
    // Before anybody is asked; and once more in the transaction, where it counts.
    if (!values['forced-lock']) await refuseBesideServer(ground.db.read, ground)
    if (!values.yes)
      await confirm(`Everything sealed in ${ground.db.place} is sealed with another key; everybody signs in again.`)
    const key = given ?? randomToken(32)
    const count = await sealWith(key, ground, values['forced-lock'])
    said.print(`${count} secrets are sealed with the new key.`)
    if (ground.keyFile) said.print(`It lies in ${ground.keyFile}; back it up with the database.`)
    else if (given) said.print('Set ENCRYPTION_KEY to it before you start the server.')
    else said.print(`Set it before you start the server:\nENCRYPTION_KEY=${key}`)
    said.print('People sign in again with their passkeys; links, codes and exports made before no longer work with it.')
  } finally {
    await ground.close()
  }
}

/** The key that was handed over, by the word, by standard input, or by a variable, so that it need not stand in the list of processes. */
async function newKey(word: string | undefined, stood: string | undefined): Promise<string | undefined> {
  const said = word === '-' ? await standardInput() : (word ?? stood)
  const key = said?.trim()
  if (key === undefined || (word === undefined && key === '')) return undefined
  if (key.length < shortest)
    throw new Error(`The new key must have at least ${shortest} characters; make one with: openssl rand -base64 32`)
  return key
}

async function sealWith(key: string, ground: Ground, forced: boolean): Promise<number> {
  const { db, vault, keyFile } = ground
  const to = createVault(key)
  const columns = ground.resolution.plugins.flatMap(({ sealed = [] }) => sealed)
  if (keyFile) layNextKey(keyFile, key)
  try {
    return await db.write(async (tx) => {
      if (!forced) await refuseBesideServer(tx, ground)
      return reseal(tx, columns, { from: vault, to })
    })
  } finally {
    if (keyFile) {
      await settleKey(db, { key, file: keyFile })
      dropNextKey(keyFile)
    }
  }
}
