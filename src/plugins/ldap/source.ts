// The name of this directory in the rows it owns.
export const source = 'ldap'
