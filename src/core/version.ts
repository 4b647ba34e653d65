// The version that runs, as package.json has it, and the release of Pocket ID that it stands in for.
import manifest from '../../package.json' with { type: 'json' }

export const version: string = manifest.version

/**
 * The release of Pocket ID whose interface this server speaks. Its Terraform provider and its operator ask for it before they use what
 * came with a release: the ids of users, several secrets of an app.
 */
export const pocketIdRelease = '2.14.0'
