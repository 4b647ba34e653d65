// Finds the handlers of a request. What is found for a path that a route has letter for letter is found once.
import type { Result, Router } from 'hono/router'
import { TrieRouter } from 'hono/router/trie-router'

/**
 * Hono's quickest router takes no `/users/me` beside `/users/:id`, and the one that does walks through all that might match, each time.
 * But for a path without a place for a value the walk always ends the same, and there are only as many of those as there are routes.
 */
export class RememberingRouter<T> implements Router<T> {
  readonly name = 'RememberingRouter'
  readonly #walk = new TrieRouter<T>()
  readonly #found = new Map<string, Map<string, Result<T>>>()

  add(method: string, path: string, handler: T): void {
    this.#walk.add(method, path, handler)
    for (const known of this.#found.values()) known.clear()
    if (!/[:*]/.test(path) && !this.#found.has(path)) this.#found.set(path, new Map())
  }

  match(method: string, path: string): Result<T> {
    const known = this.#found.get(path)
    const found = known?.get(method) ?? this.#walk.match(method, path)
    known?.set(method, found)
    return found
  }
}
