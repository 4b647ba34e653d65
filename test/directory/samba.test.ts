// Active Directory, as Samba is one: the common suite over ldaps, with 2,000 users, primary groups and ids as the server gave them.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { sidText } from '../../src/plugins/ldap/wire/sid.ts'
import { type Samba, startSamba } from '../support/samba.ts'
import { accountDn, adGroupDn, domain, namedDn } from '../support/samba-seed.ts'
import { describeDirectory, userName } from './conformance.ts'

const run = promisify(execFile)

/** The bytes of an attribute, asked by the command line's own client. */
async function bytesOf({ url, adminDn, adminPassword }: Samba, filter: string, attribute: string): Promise<Buffer> {
  const search = ['-x', '-LLL', '-o', 'ldif-wrap=no', '-H', url, '-D', adminDn, '-w', adminPassword, '-b', domain]
  const { stdout } = await run('ldapsearch', [...search, filter, attribute])
  const line = new RegExp(`^${attribute}:(:?) (.*)$`, 'm').exec(stdout)
  if (!line?.[2]) throw new Error(`No ${attribute} for ${filter}: ${stdout}`)
  return Buffer.from(line[2], line[1] === ':' ? 'base64' : 'utf8')
}

/** Makes a group somebody's primary one: Active Directory then takes the person out of `member`. */
async function makePrimary(samba: Samba, groupName: string, dn: string): Promise<void> {
  const sid = sidText(await bytesOf(samba, `(cn=${groupName})`, 'objectSid'))
  await samba.modify(`dn: ${adGroupDn(groupName)}\nchangetype: modify\nadd: member\nmember: ${dn}\n`)
  await samba.modify(`dn: ${dn}\nchangetype: modify\nreplace: primaryGroupID\nprimaryGroupID: ${sid?.split('-').at(-1)}\n`)
}

describeDirectory('Samba', async () => {
  const users = 2_000
  const samba = await startSamba({ users })
  await samba.modify(`dn: ${adGroupDn('crew')}\nchangetype: add\nobjectClass: group\nsAMAccountName: crew\n`)
  await makePrimary(samba, 'crew', namedDn('guest'))
  const ids = new Map<string, string>()
  for (const name of [userName(0), userName(users - 1), 'jdoe']) {
    const guid = await bytesOf(samba, `(sAMAccountName=${name})`, 'objectGUID')
    ids.set(name, guid.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'))
  }
  const replace = (username: string, attribute: string, value: string) =>
    samba.modify(
      `dn:: ${Buffer.from(accountDn(Number(username.slice(1)))).toString('base64')}\nchangetype: modify\nreplace: ${attribute}\n${attribute}: ${value}\n`,
    )
  return {
    kind: 'active-directory',
    environment: {
      ...{ LDAP_URL: samba.ldapsUrl, LDAP_CA_FILE: samba.caFile },
      ...{ LDAP_BIND_DN: samba.bindDn, LDAP_BIND_PASSWORD: samba.bindPassword },
      ...{ LDAP_BASE: samba.base, LDAP_PRESET: 'active-directory', LDAP_ADMIN_GROUP_NAME: '_pocket_id_admins' },
    },
    users,
    domain: 'ad.test',
    idOf: (username) => ids.get(username) ?? '',
    leftOut: [/no e-mail address/, /no e-mail address/],
    outside: 2,
    isNested: true,
    moreGroups: { crew: ['guest-by-primary'] },
    switch: (username, on) => replace(username, 'userAccountControl', on ? '544' : '546'),
    rename: (username, to) => replace(username, 'sAMAccountName', to),
    stop: () => samba.stop(),
  }
})
