// What a run is lent, over a real database, whose directory is off in the kernel: so nothing runs but what the test starts.
import { sql } from 'drizzle-orm'
import { systemClock } from '#core/clock.ts'
import { migrate } from '#core/db/migrate.ts'
import { pick } from '#core/kernel/host.ts'
import { coreSettings } from '#core/settings/core-settings.ts'
import { settings } from '../../src/plugins/ldap/settings.ts'
import type { LdapHost } from '../../src/plugins/ldap/sync.ts'
import { type Instance, startInstance } from '../support/instance.ts'

export interface Hosted {
  readonly host: LdapHost
  readonly instance: Instance
  /** Every row the directory may write, without its times. */
  rows(): Promise<readonly unknown[]>
}

export async function startHosted(environment: Readonly<Record<string, string>>): Promise<Hosted> {
  const instance = await startInstance({ ...environment, LDAP_ENABLED: 'false' }, [], systemClock)
  const { ground } = instance
  await migrate(ground.db, 'ldap', new URL('../../src/plugins/ldap/migrations/', import.meta.url))
  const values = ground.resolution.settings
  const host = { ...ground, instance: 1, core: pick(coreSettings, values), settings: pick(settings, values) }
  return {
    host: host as unknown as LdapHost,
    instance,
    async rows() {
      const users = await ground.db.read.all(sql`
        select username, email, first_name, last_name, display_name, is_admin, source_disabled, external_id from users order by external_id`)
      const groups = await ground.db.read.all(sql`
        select name, external_id, (select json_group_array(username) from (select u.username from group_members m
          join users u on u.id = m.user_id where m.group_id = groups.id order by 1)) as members from groups order by external_id`)
      return [...users, ...groups]
    },
  }
}
