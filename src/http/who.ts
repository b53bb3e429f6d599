import type { Capability } from '../schemas/members'

// Who may call an endpoint, in the words of the OpenAPI document. Imported as a namespace: `who.admins(...)`.

export const anyone = 'Anyone.'
export const signedIn = 'Anyone signed in.'
export const active = 'Anyone signed in whose account is not suspended.'
export const registered = 'Anyone signed in whose account is not suspended and not a guest.'
/** Of what takes a proof: a sentence for the description. */
export const proven =
  'You must have proved who you are in this session within ten minutes: by logging in, or by `PUT /v1/sessions/current/proof`.'
export const readers = 'Anyone who can read the room.'

const having = (capability: Capability) => `(capability \`${capability}\`)`

export const members = (capability: Capability) => `Members ${having(capability)}.`
/** Of what a stranger to an open room may do, too. */
export const membersAndVisitors = (capability: Capability) =>
  `Members ${having(capability)}; in an open room anyone signed in.`
export const admins = (capability: Capability) => `Room admins ${having(capability)}.`
export const owners = (capability: Capability) => `Room owners ${having(capability)}.`

/** Of an endpoint that also takes site moderators: `orSiteStaff`. */
export const moderatorsOrSiteStaff = (capability: Capability) =>
  `Room moderators ${having(capability)}; in listed rooms also site moderators.`
