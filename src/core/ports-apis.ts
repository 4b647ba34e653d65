// The port for APIs (resource servers): their permissions, and which apps may have them. The JSON of the REST interface, typed.
import type { ListQuery, Page } from './http/listing.ts'
import type { AppMeta, Port } from './ports.ts'

export interface ApiPermission {
  readonly id: string
  /** The scope that apps ask for. */
  readonly key: string
  readonly name: string
  readonly description: string
  /** Open to every app that is described by a metadata document, while the API is. */
  readonly allowedForCimdClients: boolean
}

export interface Api {
  readonly id: string
  readonly name: string
  /** The resource indicator, and the audience of its tokens (RFC 8707). */
  readonly resource: string
  readonly createdAt: string
  /** Whether every app that is described by a metadata document may use it, for its users. */
  readonly allowCimdClients: boolean
  readonly permissions: readonly ApiPermission[]
}

export interface ApiListed extends Pick<Api, 'id' | 'name' | 'resource' | 'createdAt'> {
  readonly permissionCount: number
}

export type NewPermission = Pick<ApiPermission, 'key' | 'name' | 'description'>

/** What an app may do at all APIs: for users who signed in to it, and by itself. */
export interface ApiAccess {
  readonly userDelegatedPermissionIds: readonly string[]
  readonly clientPermissionIds: readonly string[]
}

/** What an app may do at one API. A permission brings access with it; access alone is a token without a scope. */
export interface ApiGrant extends ApiAccess {
  readonly userDelegatedAccess: boolean
  readonly clientAccess: boolean
}

/** What an app may do because the API is open to metadata documents. */
interface ByDocument {
  readonly cimdGrantedAccess: boolean
  readonly cimdGrantedPermissionIds: readonly string[]
}

export interface ApiClient extends AppMeta {
  readonly isPublic: boolean
}

export interface ApiClientGrant extends ApiGrant, ByDocument {
  readonly client: ApiClient
}

export interface ClientApiGrant extends ApiGrant, ByDocument {
  readonly api: Api
}

/** Every function that takes an id throws not_found for one that nobody has. */
export interface Apis {
  list(query: ListQuery): Promise<Page<ApiListed>>
  get(id: string): Promise<Api>
  /** @throws AppError already_in_use, validation_failed for what is no resource or is this server itself */
  create(api: { readonly name: string; readonly resource: string }): Promise<Api>
  rename(id: string, name: string): Promise<Api>
  remove(id: string): Promise<void>
  /** Replaces the permissions. One that keeps its key keeps its grants. @throws AppError validation_failed naming the key */
  setPermissions(id: string, permissions: readonly NewPermission[]): Promise<Api>
  /** The choice of permissions stays while it is not open. */
  setDocumentAccess(id: string, access: { readonly open: boolean; readonly permissionIds: readonly string[] }): Promise<Api>
  accessOf(clientId: string): Promise<ApiAccess>
  /** Replaces what an app may do at all APIs; unknown permissions are left out. */
  setAccess(clientId: string, access: ApiAccess): Promise<ApiAccess>
  /** The apps that may use an API. */
  clientsOf(id: string, query: ListQuery): Promise<Page<ApiClientGrant>>
  /** The apps that nobody let use it yet. */
  assignableClients(id: string, query: ListQuery): Promise<Page<ApiClient>>
  /** Replaces what one app may do at one API; permissions of others are left out. */
  setGrant(id: string, clientId: string, grant: ApiGrant): Promise<ApiGrant>
  removeGrant(id: string, clientId: string): Promise<void>
  /** The APIs that an app may use. */
  apisOf(clientId: string): Promise<readonly ClientApiGrant[]>
  /** The APIs that it may not use yet. */
  assignableApis(clientId: string, query: ListQuery): Promise<Page<Api>>
}

export const apis: Port<Apis> = { name: 'apis' }
