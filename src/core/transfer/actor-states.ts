// What newer releases of Pocket ID keep outside of their tables: states of their actors, as MessagePack. The only file that imports it.
import { decode, decodeMulti } from '@msgpack/msgpack'
import { type Fields, fieldsOf } from './fields.ts'

const format = 'francis-backup'
const newest = 1

/**
 * The states by the kind of actor: `AppConfig`, `SignupToken`. Names of their fields begin with a small letter, as in tables of JSON.
 *
 * @returns undefined when the bytes are not what they should be, or of a newer form
 */
export function readActorStates(bytes: Uint8Array): ReadonlyMap<string, readonly Fields[]> | undefined {
  const states = new Map<string, Fields[]>()
  try {
    let isHeader = true
    for (const value of decodeMulti(bytes)) {
      const record = fieldsOf(value)
      if (isHeader && (record.format !== format || Number(record.version) > newest)) return undefined
      if (!isHeader && record.type === 'state') {
        const { actorType, data } = fieldsOf(record.state)
        const state = data instanceof Uint8Array ? fieldsOf(decode(data)) : {}
        states.set(String(actorType), [...(states.get(String(actorType)) ?? []), state])
      }
      isHeader = false
    }
    return states
  } catch {
    return undefined
  }
}
