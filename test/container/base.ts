// The image that ours stands on: the official one of Node, or a stand-in of the same make where no registry is reachable.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Engine, must } from './engine.ts'

const official = 'node:26-slim'
const standIn = 'localhost/pocket-id-edge-stand-in'
const authorities = '/etc/ssl/certs/ca-certificates.crt'

/** Gives the name to pass as NODE_IMAGE. */
export async function findBase(engine: Engine): Promise<string> {
  if (await engine.pull(`docker.io/library/${official}`)) return official
  await buildStandIn(engine)
  return standIn
}

/**
 * Debian with the Node of our own node_modules and the npm of this machine.
 *
 * It knows the certificate authorities of this machine, since that is whom its npm talks through.
 */
async function buildStandIn(engine: Engine): Promise<void> {
  const context = mkdtempSync(join(tmpdir(), 'pocket-id-edge-base-'))
  try {
    const npm = (await must('sh', ['-c', 'dirname "$(dirname "$(readlink -f "$(command -v npm)")")"'])).trim()
    const hooks = [
      'mkdir -p "$1/usr/local/lib/node_modules" "$1/usr/local/bin" "$1/etc/ssl/certs"',
      `cp -L "${process.execPath}" "$1/usr/local/bin/node"`,
      `cp -r "${npm}" "$1/usr/local/lib/node_modules/npm"`,
      'ln -s ../lib/node_modules/npm/bin/npm-cli.js "$1/usr/local/bin/npm"',
      `if [ -e ${authorities} ]; then cp ${authorities} "$1${authorities}"; fi`,
    ].map((command) => `--customize-hook=${command}`)
    const suite = (await must('sh', ['-c', '. /etc/os-release && echo "$VERSION_CODENAME"'])).trim()
    const libraries = '--include=libatomic1,libstdc++6'
    await must('mmdebstrap', ['--quiet', '--variant=essential', libraries, ...hooks, suite, join(context, 'base.tar')])
    writeFileSync(
      join(context, 'Dockerfile'),
      `FROM scratch\nADD base.tar /\nENV PATH=/usr/local/bin:/usr/bin:/bin NODE_EXTRA_CA_CERTS=${authorities}\n`,
    )
    await engine.build({ context, tag: standIn })
  } finally {
    rmSync(context, { recursive: true, force: true })
  }
}
