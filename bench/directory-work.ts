// What the directory is made to do in the benchmark: OpenLDAP's own client reads it, and changes are made in it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { OpenLdap } from '../sample/openldap.ts'
import { person, personDn, userName } from '../sample/seed.ts'

/** The two searches a sync makes, by OpenLDAP's own client in C, in milliseconds. */
export async function ldapsearch(directory: OpenLdap): Promise<number> {
  const begun = performance.now()
  const user = ['entryUUID', 'uid', 'mail', 'givenName', 'sn', 'cn', 'displayName']
  const standing = ['userAccountControl', 'accountExpires', 'nsAccountLock', 'pwdAccountLockedTime', 'shadowExpire']
  await search(directory, '(objectClass=inetOrgPerson)', [...user, ...standing])
  await search(directory, '(objectClass=groupOfNames)', ['entryUUID', 'cn', 'member'])
  return performance.now() - begun
}

async function search({ url, base, bindDn, bindPassword }: OpenLdap, filter: string, attributes: readonly string[]) {
  const who = ['-x', '-LLL', '-o', 'ldif-wrap=no', '-H', url, '-D', bindDn, '-w', bindPassword]
  const child = spawn('ldapsearch', [...who, '-b', base, '-E', 'pr=1000/noprompt', filter, ...attributes], { stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`ldapsearch ended with ${code}.`)
}

const surname = (uid: string, name: string) => `dn: ${personDn(uid)}\nchangetype: modify\nreplace: sn\nsn: ${name}\n`

/** Ten modified, five added, five deleted. @param round every one needs people of its own */
export function tenFiveFive(round: number, users: number): string {
  const from = round * 20
  const modified = Array.from({ length: 10 }, (_, at) => surname(userName(from + at), `Round ${round}`))
  const added = Array.from({ length: 5 }, (_, at) => {
    const uid = `added${round}-${at}`
    return person({ uid, givenName: 'New', sn: 'Comer' })
      .replace(/^entryUUID:.*\n/m, '')
      .trim()
  })
  const deleted = Array.from({ length: 5 }, (_, at) => `dn: ${personDn(userName(users - 1 - from - at))}\nchangetype: delete\n`)
  return [...modified, ...added, ...deleted].map((one) => one.trim()).join('\n\n')
}

/** One client that stays connected, so that a change costs nothing but itself. */
export interface Changer {
  rename(uid: string, name: string): void
  stop(): Promise<void>
}

export function startChanger({ url, adminDn, adminPassword }: OpenLdap): Changer {
  const child: ChildProcess = spawn('ldapmodify', ['-x', '-H', url, '-D', adminDn, '-w', adminPassword], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  return {
    rename: (uid, name) => void child.stdin?.write(`${surname(uid, name)}\n`),
    async stop() {
      const ended = once(child, 'exit')
      child.stdin?.end()
      await ended
    },
  }
}
