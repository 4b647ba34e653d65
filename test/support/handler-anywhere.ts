// The provider's handler in whatever runs this file: signs somebody in to an app by nothing but requests, and prints what came of it.
import { authorize, redeem, registerApp, signedInPerson, startProvider, tokens } from './apps.ts'

const instance = await startProvider()
try {
  const [app, somebody] = [await registerApp(instance.ground.db), await signedInPerson(instance)]
  const code = (await authorize(somebody.visitor, app)).searchParams.get('code') ?? ''
  const set = await tokens(redeem(instance, app, code))
  const userinfo = await instance.fetch('/api/oidc/userinfo', { headers: { authorization: `Bearer ${set.access_token}` } })
  const again = await redeem(instance, app, code)
  const claims = (await userinfo.json()) as { sub?: string }
  console.log(JSON.stringify({ token: set.token_type, signedIn: claims.sub === somebody.user.id, again: again.status }))
} finally {
  await instance.stop()
}
