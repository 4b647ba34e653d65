// The plugin contract: what a plugin says of itself before it is loaded, what it is lent, what it contributes.
import type { Hono } from 'hono'
import type { Clock } from '../clock.ts'
import type { Vault } from '../crypto.ts'
import type { Database } from '../db/client.ts'
import type { ErrorTable, FieldFault } from '../errors.ts'
import type { Events, Listeners } from '../events.ts'
import type { FileStore } from '../files/store.ts'
import type { FixedAnswer } from '../http/fixed.ts'
import type { Answered } from '../http/observe.ts'
import type { OutsideFetch } from '../http/outside-fetch.ts'
import type { HostEnv } from '../identity/actor.ts'
import type { Identity } from '../identity/identity.ts'
import type { Ownership } from '../identity/ownership.ts'
import type { Authenticator } from '../identity/session.ts'
import type { Job } from '../jobs/schedule.ts'
import type { Log } from '../log.ts'
import type { Gauge, Meter, Metric } from '../metrics.ts'
import type { Pictures } from '../pictures/pictures.ts'
import type { ProfilePictures } from '../pictures/profile-pictures.ts'
import type { Port } from '../ports.ts'
import type { Configuration } from '../settings/configuration.ts'
import type { CoreSettings } from '../settings/core-settings.ts'
import type { SettingsTable, Values } from '../settings/define.ts'
import type { Succession } from '../transfer/predecessor.ts'
import type { CopyOf } from './copies.ts'
import type { SealedColumn } from './reseal.ts'

export type { HostEnv } from '../identity/actor.ts'
export type { Job } from '../jobs/schedule.ts'
export type { Gauge } from '../metrics.ts'

/** The contract's version. A plugin made for another one is refused at boot. */
export const pluginApi = 1

/** A line in the navigation of the pages. */
export interface NavItem {
  readonly title: string
  readonly href: string
  readonly icon: string
  readonly for: 'user' | 'admin'
}

/** A word of the command line. `usage` starts with the words that select it: `ldap sync [--dry-run]`. */
export interface Command {
  readonly usage: string
  readonly summary: string
  load(): Promise<{ readonly default: RunCommand }>
}

/** What a command gets. Commands run in their own process, beside a server that may be running. */
export interface CommandContext {
  readonly args: readonly string[]
  /** Starts nothing: opens the database and lends a host of the plugin that owns the command. */
  readonly host: Host
  /** Hosts of the plugin and of its copies, by number; the first is `host`. */
  readonly hosts: readonly Host[]
  /** The validated settings of the command's plugin, also when it is switched off. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly print: (line: string) => void
  /** One line that the next one replaces, on a terminal; where there is none it is not said. */
  readonly status: (line: string) => void
  readonly signal: AbortSignal
}

/** Runs a command; what it throws ends the process with exit code 1 and its message on stderr in one line. */
export type RunCommand = (context: CommandContext) => Promise<void>

/** What a plugin says of itself before any of its code is loaded. */
export interface Plugin<T extends SettingsTable = SettingsTable> {
  readonly name: string
  readonly api: typeof pluginApi
  readonly settings: T
  /** What every key of the table begins with (`ldap`), where copies of the plugin may run beside it: LDAP_2_URL makes the first one. */
  readonly numbered?: string
  /** Set by the kernel for such a copy. */
  readonly copy?: CopyOf
  /** Absent: always on. */
  enabled?(settings: Values<T>): boolean
  /** What is wrong with values that are each well-formed: a missing address, two that exclude each other. Asked when the plugin is on. */
  check?(settings: Values<T>): readonly FieldFault[]
  readonly errors?: ErrorTable
  /** Folder of 0001_name.sql files, applied in order, once each, before the first start. */
  readonly migrations?: URL
  /** Makes rows of its own of a Pocket ID's, when somebody moves here. */
  readonly succeeds?: Succession
  /** Where it keeps what the vault sealed, so that it can be sealed with another key. What is not listed stops the change of keys. */
  readonly sealed?: readonly SealedColumn[]
  readonly nav?: readonly NavItem[]
  readonly commands?: readonly Command[]
  load(): Promise<{ readonly default: Start<T> }>
}

/**
 * Starts the plugin. Does no network: what needs the outside world is a job or a request.
 * Taken from a method's type, so that plugins with different tables fit into one catalog.
 */
export type Start<T extends SettingsTable = SettingsTable> = { begin(host: Host<T>): Running | Promise<Running> }['begin']

/** What the kernel lends a plugin. Built per plugin, so log lines carry its name. */
export interface Host<T extends SettingsTable = SettingsTable> {
  /** Which copy of its plugin this is, from 1: several directories are several copies. */
  readonly instance: number
  /** A frozen snapshot; a change of settings restarts the plugin. */
  readonly settings: Values<T>
  /** The core's settings of this moment: they change without a restart of the plugin. */
  readonly core: Values<CoreSettings>
  readonly db: Database
  readonly vault: Vault
  readonly files: FileStore
  readonly pictures: Pictures
  readonly profilePictures: ProfilePictures
  readonly identity: Identity
  readonly configuration: Configuration
  readonly events: Events
  readonly log: Log
  readonly clock: Clock
  /** Requests to addresses that others named; a plain fetch would reach our own network for them. */
  readonly outside: OutsideFetch
  /** Counts what happens here, for whoever watches. */
  readonly meter: Meter
  /** Every number of every plugin that runs, of this moment. */
  measured(): Promise<readonly Metric[]>
  /** The navigation lines of every plugin that is on, in catalog order. */
  nav(): readonly NavItem[]
  offer<P>(port: Port<P>, offered: P): void
  /** What another plugin offers, or undefined. Asked when needed, not at start, so start order does not matter. */
  seek<P>(port: Port<P>): P | undefined
  /** What every plugin offers under this port, in catalog order: of several directories each. */
  seekAll<P>(port: Port<P>): readonly P[]
}

export type Health = { readonly ok: boolean; readonly detail: string }

/** What a started plugin contributes. Every field is optional and each is a plain value. */
export interface Running {
  /** Absolute paths; one path claimed by two plugins stops the start. */
  readonly routes?: Hono<HostEnv>
  /** Answers that are the same for everybody as long as the plugin runs; claimed like routes. */
  readonly fixed?: readonly FixedAnswer[]
  /** Fields that a source other than the admin writes. */
  readonly owns?: readonly Ownership[]
  readonly authenticators?: readonly Authenticator[]
  /** Paths that pages of other sites may post to. What comes from there comes from nobody: no cookie counts. */
  readonly openToSites?: readonly string[]
  readonly jobs?: readonly Job[]
  readonly on?: Listeners
  readonly health?: () => Promise<Health>
  /** Numbers that are found out when somebody looks; what is counted as it happens goes to `host.meter`. */
  readonly gauges?: readonly Gauge[]
  /** Told of every answer. Where no plugin wants to know, nothing stands in the way of a request. */
  readonly observe?: (answered: Answered) => void
  /** Renders a refusal as a page for people; everything under /api answers JSON all the same. */
  readonly errorPage?: (refusal: ErrorPage) => Response | Promise<Response>
  /** The server takes no more requests: answers that have no end of their own come to one. What runs goes on until `stop`. */
  drain?(): void
  stop?(): Promise<void>
}

export interface ErrorPage {
  readonly status: number
  readonly message: string
  readonly requestId: string
  readonly request: Request
}

/** Checks a manifest's types and keeps its exact shape. */
export const definePlugin = <const T extends SettingsTable>(plugin: Plugin<T>): Plugin<T> => plugin

/** Gives a plugin's start function the types of its settings table. */
export const start = <T extends SettingsTable>(_settings: T, begin: Start<T>): Start<T> => begin
