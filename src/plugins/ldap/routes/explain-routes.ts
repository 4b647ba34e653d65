// Our own route that answers why somebody is or is not here.
import { Hono } from 'hono'
import * as v from 'valibot'
import { describe, valid } from '#core/http/contract.ts'
import type { HostEnv } from '#core/kernel/plugin.ts'
import type { LdapHost } from '../sync.ts'
import { Explanation } from '../tell/explanation.ts'
import type { Work } from '../thread.ts'

const name = v.pipe(v.string(), v.trim(), v.minLength(1, 'Must not be empty.'), v.maxLength(1000, 'Is too long.'))

/** @param stopping ends what still runs when the plugin stops */
export const explainRoutes = (host: LdapHost, work: Work, stopping: AbortSignal) =>
  new Hono<HostEnv>().get(
    '/api/ldap/explain',
    describe({
      id: 'explainLdap',
      tag: 'LDAP',
      ofCopies: true,
      summary: 'Why somebody is or is not here, in a group, an administrator',
      answers: { 200: Explanation },
      refusals: ['not_signed_in', 'forbidden', 'validation_failed'],
    }),
    host.identity.requireAdmin,
    valid('query', v.object({ user: name, group: v.optional(name) })),
    async (c) => {
      const signal = AbortSignal.any([c.req.raw.signal, stopping])
      const findings = await work.explain(c.req.valid('query'), signal)
      return c.json({ findings: [...findings] }, 200)
    },
  )
