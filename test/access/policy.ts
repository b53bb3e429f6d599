// Who may do what, written by hand: the policy that test/access.test.ts holds the service to.
//
// A column is a kind of caller (test/access/callers.ts makes them):
//   none  sends no token                          ban   is banned, was in the room
//   junk  sends what is no token of ours          mute  is a muted member
//   old   sends one whose time is over            mem   is a member
//   gone  deleted their account; was a member,    mod   moderates the room
//         and with it every session               adm   is an admin of the room
//   susp  is an owner, and suspended              own   is its only owner
//   str   a stranger who once was in the room     smod  moderates the site, a stranger to the room
//   gst   the same, as a guest
//   key   the same, for whom an app key of all scopes acts
//   alw   is on the allow-list, not in the room   sadm  is an admin of the site, a stranger to the room
//   blk   is one of the two of a direct room, whom the other blocks
//
// A cell is "ok" or the code of the problem:
export const CODES: Record<string, string> = {
  none: 'unauthenticated',
  old: 'token_expired',
  susp: 'suspended',
  mute: 'muted',
  ban: 'banned',
  no: 'forbidden',
  '404': 'not_found',
  last: 'last_owner',
  nc: 'not_connected',
  taken: 'conflict',
  reg: 'registration_required',
}

// In a path, {own} is a message of the caller's, {others} one of bo's, who is a member; eve is in no room; {media} is ana's, {upload} bo's.

/** Nobody has to say who they are. */
const OPEN_TO_ALL = `
POST   /v1/users
POST   /v1/sessions
POST   /v1/sessions/refresh
POST   /v1/sessions/passkey-options
POST   /v1/sessions code
GET    /v1/identity/{issuer}/start
GET    /v1/identity/{issuer}/callback
POST   /v1/password-resets
PUT    /v1/password
GET    /v1/capabilities
GET    /health
GET    /v1/avatars/{of}/{eve}/{avatar}
GET    /v1/exports/{export}
GET    /
GET    /openapi.json
GET    /asyncapi.json
GET    /docs
GET    /docs/socket
GET    /docs/events
GET    /docs/client
GET    /docs/problems
GET    /docs/{file}
GET    /page/{script}
`

const SITE = `
                                                        none junk old  gone susp str  gst  key  smod sadm
GET    /_local/mail                                     404  404  404  404  404  404  404  404  404  404
GET    /v1/users                                        none none old  none ok   ok   ok   none ok   ok
GET    /v1/users/{eve}                                  none none old  none ok   ok   ok   none ok   ok
GET    /v1/users/{eve}/presence                         none none old  none ok   ok   ok   none ok   ok
GET    /v1/usernames/{username}                         none none old  none ok   ok   ok   none ok   ok
GET    /v1/me                                           none none old  none ok   ok   ok   none ok   ok
PATCH  /v1/me                                           none none old  none susp ok   ok   none ok   ok
DELETE /v1/me                                           none none old  none ok   ok   ok   none ok   ok
POST   /v1/me/export                                    none none old  none ok   ok   ok   none ok   ok
GET    /v1/me/export                                    none none old  none ok   ok   ok   none ok   ok
POST   /v1/me/email/verification                        none none old  none ok   ok   ok   none ok   ok
PUT    /v1/me/email/verification                        none none old  none ok   ok   ok   none ok   ok
PUT    /v1/me/avatar                                    none none old  none susp ok   ok   none ok   ok
DELETE /v1/me/avatar                                    none none old  none ok   ok   ok   none ok   ok
GET    /v1/sessions                                     none none old  none ok   ok   ok   none ok   ok
DELETE /v1/sessions                                     none none old  none ok   ok   ok   none ok   ok
DELETE /v1/sessions/current                             none none old  none ok   ok   ok   none ok   ok
PUT    /v1/sessions/current/proof                       none none old  none ok   ok   reg  none ok   ok
DELETE /v1/sessions/{session}                           none none old  none ok   ok   ok   none ok   ok
POST   /v1/sessions/current/passkey-options             none none old  none ok   ok   ok   none ok   ok
GET    /v1/me/passkeys                                  none none old  none ok   ok   ok   none ok   ok
POST   /v1/me/passkey-options                           none none old  none susp ok   reg  none ok   ok
POST   /v1/me/passkeys                                  none none old  none susp ok   reg  none ok   ok
PATCH  /v1/me/passkeys/{passkey}                        none none old  none susp ok   reg  none ok   ok
DELETE /v1/me/passkeys/{passkey}                        none none old  none susp ok   reg  none ok   ok
GET    /v1/me/factors                                   none none old  none ok   ok   ok   none ok   ok
POST   /v1/me/totp                                      none none old  none susp ok   reg  none ok   ok
POST   /v1/me/totp/confirmation                         none none old  none susp ok   reg  none ok   ok
DELETE /v1/me/totp                                      none none old  none susp ok   reg  none ok   ok
PUT    /v1/me/recovery-codes                            none none old  none susp ok   reg  none ok   ok
POST   /v1/users/{eve}/totp-resets                      none none old  none susp no   no   none no   ok
POST   /v1/app-keys                                     none none old  none susp no   no   none no   ok
GET    /v1/app-keys                                     none none old  none susp no   no   none no   ok
POST   /v1/app-keys/{appKey}/successors                 none none old  none susp no   no   none no   ok
DELETE /v1/app-keys/{appKey}                            none none old  none susp no   no   none no   ok
POST   /v1/app/sessions                                 none none none none none none none ok   none none
DELETE /v1/app/sessions                                 none none none none none none none ok   none none
GET    /v1/site-audit                                   none none old  none susp no   no   none no   ok
PUT    /v1/users/{eve}/role                             none none old  none susp no   no   none no   ok
DELETE /v1/users/{eve}/sessions                         none none old  none susp no   no   none no   ok
PUT    /v1/users/{eve}/suspension                       none none old  none susp no   no   none ok   ok
DELETE /v1/users/{eve}/suspension                       none none old  none susp no   no   none ok   ok
GET    /v1/me/rooms                                     none none old  none ok   ok   ok   none ok   ok
GET    /v1/me/mentions                                  none none old  none ok   ok   ok   none ok   ok
POST   /v1/me/sync                                      none none old  none ok   ok   ok   none ok   ok
GET    /v1/me/threads                                   none none old  none ok   ok   ok   none ok   ok
GET    /v1/me/socket                                    none none old  none ok   ok   ok   none ok   ok
GET    /v1/me/unread                                    none none old  none ok   ok   ok   none ok   ok
PUT    /v1/me/read-marker                               none none old  none ok   ok   ok   none ok   ok
GET    /v1/rooms                                        none none old  none ok   ok   ok   none ok   ok
POST   /v1/rooms                                        none none old  none susp ok   reg  ok   ok   ok
GET    /v1/me/friends                                   none none old  none ok   ok   ok   none ok   ok
GET    /v1/me/friend-requests                           none none old  none ok   ok   ok   none ok   ok
GET    /v1/me/following                                 none none old  none ok   ok   ok   none ok   ok
GET    /v1/me/followers                                 none none old  none ok   ok   ok   none ok   ok
GET    /v1/me/blocks                                    none none old  none ok   ok   ok   none ok   ok
PUT    /v1/me/friends/{eve}                             none none old  none susp ok   reg  none ok   ok
DELETE /v1/me/friends/{eve}                             none none old  none susp ok   ok   none ok   ok
PUT    /v1/me/friend-requests/{eve}                     none none old  none susp ok   reg  none ok   ok
DELETE /v1/me/friend-requests/{eve}                     none none old  none susp ok   ok   none ok   ok
PUT    /v1/me/following/{eve}                           none none old  none susp ok   reg  none ok   ok
DELETE /v1/me/following/{eve}                           none none old  none susp ok   ok   none ok   ok
PUT    /v1/me/blocks/{eve}                              none none old  none susp ok   ok   none ok   ok
DELETE /v1/me/blocks/{eve}                              none none old  none susp ok   ok   none ok   ok
POST   /v1/direct/{eve}                                 none none old  none susp nc   reg  none nc   nc
POST   /v1/direct/{bo}                                  none none old  none susp ok   reg  none ok   ok
`

const OPEN = `
                                                        none junk old  gone susp str  gst  key  alw  ban  mute mem  mod  adm  own  smod sadm
GET    /v1/rooms/{room}                                 none none old  none ok   ok   ok   ok   ok   ban  ok   ok   ok   ok   ok   ok   ok
GET    /v1/rooms/by-key/{key}                           none none old  none ok   ok   ok   ok   ok   ban  ok   ok   ok   ok   ok   ok   ok
POST   /v1/rooms key                                    none none old  none ok   ok   ok   ok   ok   ban  ok   ok   ok   ok   ok   ok   ok
PATCH  /v1/rooms/{room}                                 none none old  none susp no   no   no   no   ban  no   no   no   ok   ok   no   no
DELETE /v1/rooms/{room}                                 none none old  none susp no   no   none no   ban  no   no   no   no   ok   no   ok
GET    /v1/rooms/{room}/export                          none none old  none susp no   no   none no   ban  no   no   no   no   ok   no   no
GET    /v1/rooms/{room}/members                         none none old  none ok   ok   ok   ok   ok   ban  ok   ok   ok   ok   ok   ok   ok
PUT    /v1/rooms/{room}/members/@me                     none none old  none ok   ok   ok   none ok   ban  ok   ok   ok   ok   ok   ok   ok
DELETE /v1/rooms/{room}/members/@me                     none none old  none ok   ok   ok   none ok   ban  ok   ok   ok   ok   last ok   ok
PUT    /v1/rooms/{room}/members/{eve}                   none none old  none susp no   no   no   no   ban  no   no   no   ok   ok   no   no
PATCH  /v1/rooms/{room}/members/{bo} role               none none old  none susp no   no   no   no   ban  no   no   no   ok   ok   no   no
PATCH  /v1/rooms/{room}/members/{bo} same               none none old  none susp no   no   no   no   ban  no   no   no   ok   ok   no   no
PATCH  /v1/rooms/{room}/members/{bo} mute               none none old  none susp no   no   no   no   ban  no   no   ok   ok   ok   no   no
PATCH  /v1/rooms/{room}/members/{bo} clear              none none old  none susp no   no   no   no   ban  no   no   ok   ok   ok   no   no
DELETE /v1/rooms/{room}/members/{bo}                    none none old  none susp no   no   no   no   ban  no   no   ok   ok   ok   no   no
GET    /v1/rooms/{room}/bans                            none none old  none susp no   no   none no   ban  no   no   ok   ok   ok   ok   ok
PUT    /v1/rooms/{room}/bans/{bo}                       none none old  none susp no   no   no   no   ban  no   no   ok   ok   ok   ok   ok
DELETE /v1/rooms/{room}/bans/{eve}                      none none old  none susp no   no   no   no   ban  no   no   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/allowlist                       none none old  none susp no   no   none no   ban  no   no   no   ok   ok   no   no
PUT    /v1/rooms/{room}/allowlist/{eve}                 none none old  none susp no   no   none no   ban  no   no   no   ok   ok   no   no
DELETE /v1/rooms/{room}/allowlist/{eve}                 none none old  none susp no   no   none no   ban  no   no   no   ok   ok   no   no
GET    /v1/rooms/{room}/invites                         none none old  none susp no   no   none no   ban  no   no   no   ok   ok   no   no
POST   /v1/rooms/{room}/invites                         none none old  none susp no   no   none no   ban  no   no   no   ok   ok   no   no
DELETE /v1/rooms/{room}/invites/{invite}                none none old  none susp no   no   none no   ban  no   no   no   ok   ok   no   no
GET    /v1/invites/{code}                               none none old  none ok   ok   ok   none ok   ban  ok   ok   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/audit                           none none old  none susp no   no   none no   ban  no   no   ok   ok   ok   ok   ok
POST   /v1/rooms/{room}/messages                        none none old  none susp ok   ok   ok   ok   ban  mute ok   ok   ok   ok   ok   ok
POST   /v1/rooms/{room}/messages again                  none none old  none ok   ok   ok   ok   ok   ban  ok   ok   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/messages                        none none old  none ok   ok   ok   ok   ok   ban  ok   ok   ok   ok   ok   ok   ok
DELETE /v1/rooms/{room}/messages                        none none old  none susp no   no   none no   ban  no   no   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/messages/{own}                  none none old  none ok   ok   ok   ok   ok   ban  ok   ok   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/messages/{others}               none none old  none ok   ok   ok   ok   ok   ban  ok   ok   ok   ok   ok   ok   ok
PATCH  /v1/rooms/{room}/messages/{own}                  none none old  none susp no   no   no   no   ban  mute ok   ok   ok   ok   no   no
PATCH  /v1/rooms/{room}/messages/{others}               none none old  none no   no   no   no   no   ban  no   no   no   no   no   no   no
DELETE /v1/rooms/{room}/messages/{own}                  none none old  none susp ok   ok   ok   ok   ban  ok   ok   ok   ok   ok   ok   ok
DELETE /v1/rooms/{room}/messages/{others}               none none old  none susp no   no   no   no   ban  no   no   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/messages/{own}/versions         none none old  none ok   ok   ok   none ok   ban  ok   ok   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/messages/{others}/replies       none none old  none ok   ok   ok   none ok   ban  ok   ok   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/messages/{others}/reactions/{emoji} none none old  none ok   ok   ok   none ok   ban  ok   ok   ok   ok   ok   ok   ok
PUT    /v1/rooms/{room}/messages/{others}/reactions/{emoji}/@me none none old  none susp ok   ok   none ok   ban  mute ok   ok   ok   ok   ok   ok
DELETE /v1/rooms/{room}/messages/{others}/reactions/{emoji}/@me none none old  none susp ok   ok   none ok   ban  mute ok   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/pins                            none none old  none ok   ok   ok   none ok   ban  ok   ok   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/search                          none none old  none ok   ok   ok   none ok   ban  ok   ok   ok   ok   ok   ok   ok
PUT    /v1/rooms/{room}/pins/{others}                   none none old  none susp no   no   none no   ban  no   no   ok   ok   ok   no   no
DELETE /v1/rooms/{room}/pins/{others}                   none none old  none susp no   no   none no   ban  no   no   ok   ok   ok   no   no
POST   /v1/rooms/{room}/batch                           none none old  none susp ok   ok   none ok   ban  mute ok   ok   ok   ok   ok   ok
PUT    /v1/rooms/{room}/read-marker                     none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
PATCH  /v1/rooms/{room}/members/@me                     none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
GET    /v1/rooms/{room}/messages/{others}/following     none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
PUT    /v1/rooms/{room}/messages/{others}/following     none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
DELETE /v1/rooms/{room}/messages/{others}/following     none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
PUT    /v1/rooms/{room}/messages/{others}/read-marker   none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
GET    /v1/rooms/{room}/events                          none none old  none ok   ok   ok   none ok   ban  ok   ok   ok   ok   ok   ok   ok
PUT    /v1/rooms/{room}/avatar                          none none old  none susp no   no   none no   ban  no   no   no   ok   ok   no   no
DELETE /v1/rooms/{room}/avatar                          none none old  none susp no   no   none no   ban  no   no   no   ok   ok   no   no
POST   /v1/rooms/{room}/media                           none none old  none susp ok   ok   none ok   ban  mute ok   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/media                           none none old  none ok   ok   ok   none ok   ban  ok   ok   ok   ok   ok   ok   ok
POST   /v1/rooms/{room}/media-token                     none none old  none ok   ok   ok   none ok   ban  ok   ok   ok   ok   ok   ok   ok
GET    /v1/media/{media}                                none none old  none ok   ok   ok   none ok   ban  ok   ok   ok   ok   ok   ok   ok
POST   /v1/rooms/{room}/uploads                         none none old  none susp ok   ok   none ok   ban  mute ok   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/uploads/{upload}                none none old  none 404  404  404  none 404  404  404  404  404  404  404  404  404
PATCH  /v1/rooms/{room}/uploads/{upload}                none none old  none susp 404  404  none 404  ban  mute 404  404  404  404  404  404
DELETE /v1/rooms/{room}/uploads/{upload}                none none old  none 404  404  404  none 404  404  404  404  404  404  404  404  404
GET    /v1/rooms/{room}/socket                          none none old  none ok   ok   ok   none ok   ban  ok   ok   ok   ok   ok   ok   ok
SOCKET message.post                                     none none old  none susp ok   ok   none ok   ban  mute ok   ok   ok   ok   ok   ok
SOCKET message.edit {own}                               none none old  none susp no   no   none no   ban  mute ok   ok   ok   ok   no   no
SOCKET message.edit {others}                            none none old  none no   no   no   none no   ban  no   no   no   no   no   no   no
SOCKET message.delete {own}                             none none old  none susp ok   ok   none ok   ban  ok   ok   ok   ok   ok   ok   ok
SOCKET message.delete {others}                          none none old  none susp no   no   none no   ban  no   no   ok   ok   ok   no   no
SOCKET reaction.add                                     none none old  none susp ok   ok   none ok   ban  mute ok   ok   ok   ok   ok   ok
SOCKET reaction.remove                                  none none old  none susp ok   ok   none ok   ban  mute ok   ok   ok   ok   ok   ok
SOCKET read.mark                                        none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
SOCKET thread.follow                                    none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
SOCKET thread.unfollow                                  none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
SOCKET thread.read                                      none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
SOCKET typing                                           none none old  none susp ok   ok   none ok   ban  mute ok   ok   ok   ok   ok   ok
SOCKET live.send                                        none none old  none susp no   no   none no   ban  mute ok   ok   ok   ok   no   no
SOCKET auth                                             none none old  none ok   ok   ok   none ok   ban  ok   ok   ok   ok   ok   ok   ok
`

const CLOSED_LISTED = `
                                                        none junk old  gone susp str  gst  key  alw  ban  mute mem  mod  adm  own  smod sadm
GET    /v1/rooms/{room}                                 none none old  none ok   ok   ok   ok   ok   ban  ok   ok   ok   ok   ok   ok   ok
GET    /v1/rooms/by-key/{key}                           none none old  none ok   ok   ok   ok   ok   ban  ok   ok   ok   ok   ok   ok   ok
POST   /v1/rooms key                                    none none old  none ok   ok   ok   ok   ok   ban  ok   ok   ok   ok   ok   ok   ok
PATCH  /v1/rooms/{room}                                 none none old  none susp no   no   no   no   ban  no   no   no   ok   ok   no   no
DELETE /v1/rooms/{room}                                 none none old  none susp no   no   none no   ban  no   no   no   no   ok   no   ok
GET    /v1/rooms/{room}/export                          none none old  none susp no   no   none no   ban  no   no   no   no   ok   no   no
GET    /v1/rooms/{room}/members                         none none old  none ok   no   no   no   no   ban  ok   ok   ok   ok   ok   ok   ok
PUT    /v1/rooms/{room}/members/@me                     none none old  none ok   no   no   none ok   ban  ok   ok   ok   ok   ok   no   no
DELETE /v1/rooms/{room}/members/@me                     none none old  none ok   ok   ok   none ok   ban  ok   ok   ok   ok   last ok   ok
PUT    /v1/rooms/{room}/members/{eve}                   none none old  none susp no   no   no   no   ban  no   no   no   ok   ok   no   no
PATCH  /v1/rooms/{room}/members/{bo} role               none none old  none susp no   no   no   no   ban  no   no   no   ok   ok   no   no
PATCH  /v1/rooms/{room}/members/{bo} same               none none old  none susp no   no   no   no   ban  no   no   no   ok   ok   no   no
PATCH  /v1/rooms/{room}/members/{bo} mute               none none old  none susp no   no   no   no   ban  no   no   ok   ok   ok   no   no
PATCH  /v1/rooms/{room}/members/{bo} clear              none none old  none susp no   no   no   no   ban  no   no   ok   ok   ok   no   no
DELETE /v1/rooms/{room}/members/{bo}                    none none old  none susp no   no   no   no   ban  no   no   ok   ok   ok   no   no
GET    /v1/rooms/{room}/bans                            none none old  none susp no   no   none no   ban  no   no   ok   ok   ok   ok   ok
PUT    /v1/rooms/{room}/bans/{bo}                       none none old  none susp no   no   no   no   ban  no   no   ok   ok   ok   ok   ok
DELETE /v1/rooms/{room}/bans/{eve}                      none none old  none susp no   no   no   no   ban  no   no   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/allowlist                       none none old  none susp no   no   none no   ban  no   no   no   ok   ok   no   no
PUT    /v1/rooms/{room}/allowlist/{eve}                 none none old  none susp no   no   none no   ban  no   no   no   ok   ok   no   no
DELETE /v1/rooms/{room}/allowlist/{eve}                 none none old  none susp no   no   none no   ban  no   no   no   ok   ok   no   no
GET    /v1/rooms/{room}/invites                         none none old  none susp no   no   none no   ban  no   no   no   ok   ok   no   no
POST   /v1/rooms/{room}/invites                         none none old  none susp no   no   none no   ban  no   no   no   ok   ok   no   no
DELETE /v1/rooms/{room}/invites/{invite}                none none old  none susp no   no   none no   ban  no   no   no   ok   ok   no   no
GET    /v1/invites/{code}                               none none old  none ok   ok   ok   none ok   ban  ok   ok   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/audit                           none none old  none susp no   no   none no   ban  no   no   ok   ok   ok   ok   ok
POST   /v1/rooms/{room}/messages                        none none old  none susp no   no   no   no   ban  mute ok   ok   ok   ok   no   no
POST   /v1/rooms/{room}/messages again                  none none old  none ok   no   no   no   no   ban  ok   ok   ok   ok   ok   no   no
GET    /v1/rooms/{room}/messages                        none none old  none ok   no   no   no   no   ban  ok   ok   ok   ok   ok   ok   ok
DELETE /v1/rooms/{room}/messages                        none none old  none susp no   no   none no   ban  no   no   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/messages/{own}                  none none old  none ok   no   no   no   no   ban  ok   ok   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/messages/{others}               none none old  none ok   no   no   no   no   ban  ok   ok   ok   ok   ok   ok   ok
PATCH  /v1/rooms/{room}/messages/{own}                  none none old  none susp no   no   no   no   ban  mute ok   ok   ok   ok   no   no
PATCH  /v1/rooms/{room}/messages/{others}               none none old  none no   no   no   no   no   ban  no   no   no   no   no   no   no
DELETE /v1/rooms/{room}/messages/{own}                  none none old  none susp no   no   no   no   ban  ok   ok   ok   ok   ok   no   no
DELETE /v1/rooms/{room}/messages/{others}               none none old  none susp no   no   no   no   ban  no   no   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/messages/{own}/versions         none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/messages/{others}/replies       none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/messages/{others}/reactions/{emoji} none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   ok   ok
PUT    /v1/rooms/{room}/messages/{others}/reactions/{emoji}/@me none none old  none susp no   no   none no   ban  mute ok   ok   ok   ok   no   no
DELETE /v1/rooms/{room}/messages/{others}/reactions/{emoji}/@me none none old  none susp no   no   none no   ban  mute ok   ok   ok   ok   no   no
GET    /v1/rooms/{room}/pins                            none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/search                          none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   ok   ok
PUT    /v1/rooms/{room}/pins/{others}                   none none old  none susp no   no   none no   ban  no   no   ok   ok   ok   no   no
DELETE /v1/rooms/{room}/pins/{others}                   none none old  none susp no   no   none no   ban  no   no   ok   ok   ok   no   no
POST   /v1/rooms/{room}/batch                           none none old  none susp no   no   none no   ban  mute ok   ok   ok   ok   no   no
PUT    /v1/rooms/{room}/read-marker                     none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
PATCH  /v1/rooms/{room}/members/@me                     none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
GET    /v1/rooms/{room}/messages/{others}/following     none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
PUT    /v1/rooms/{room}/messages/{others}/following     none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
DELETE /v1/rooms/{room}/messages/{others}/following     none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
PUT    /v1/rooms/{room}/messages/{others}/read-marker   none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
GET    /v1/rooms/{room}/events                          none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   ok   ok
PUT    /v1/rooms/{room}/avatar                          none none old  none susp no   no   none no   ban  no   no   no   ok   ok   no   no
DELETE /v1/rooms/{room}/avatar                          none none old  none susp no   no   none no   ban  no   no   no   ok   ok   no   no
POST   /v1/rooms/{room}/media                           none none old  none susp no   no   none no   ban  mute ok   ok   ok   ok   no   no
GET    /v1/rooms/{room}/media                           none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   ok   ok
POST   /v1/rooms/{room}/media-token                     none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   ok   ok
GET    /v1/media/{media}                                none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   ok   ok
POST   /v1/rooms/{room}/uploads                         none none old  none susp no   no   none no   ban  mute ok   ok   ok   ok   no   no
GET    /v1/rooms/{room}/uploads/{upload}                none none old  none 404  404  404  none 404  404  404  404  404  404  404  404  404
PATCH  /v1/rooms/{room}/uploads/{upload}                none none old  none susp no   no   none no   ban  mute 404  404  404  404  no   no
DELETE /v1/rooms/{room}/uploads/{upload}                none none old  none 404  404  404  none 404  404  404  404  404  404  404  404  404
GET    /v1/rooms/{room}/socket                          none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
SOCKET message.post                                     none none old  none susp no   no   none no   ban  mute ok   ok   ok   ok   no   no
SOCKET message.edit {own}                               none none old  none susp no   no   none no   ban  mute ok   ok   ok   ok   no   no
SOCKET message.edit {others}                            none none old  none no   no   no   none no   ban  no   no   no   no   no   no   no
SOCKET message.delete {own}                             none none old  none susp no   no   none no   ban  ok   ok   ok   ok   ok   no   no
SOCKET message.delete {others}                          none none old  none susp no   no   none no   ban  no   no   ok   ok   ok   no   no
SOCKET reaction.add                                     none none old  none susp no   no   none no   ban  mute ok   ok   ok   ok   no   no
SOCKET reaction.remove                                  none none old  none susp no   no   none no   ban  mute ok   ok   ok   ok   no   no
SOCKET read.mark                                        none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
SOCKET thread.follow                                    none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
SOCKET thread.unfollow                                  none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
SOCKET thread.read                                      none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
SOCKET typing                                           none none old  none susp no   no   none no   ban  mute ok   ok   ok   ok   no   no
SOCKET live.send                                        none none old  none susp no   no   none no   ban  mute ok   ok   ok   ok   no   no
SOCKET auth                                             none none old  none ok   no   no   none no   ban  ok   ok   ok   ok   ok   no   no
`

const CLOSED_UNLISTED = `
                                                        none junk old  gone susp str  gst  key  alw  ban  mute mem  mod  adm  own  smod sadm
GET    /v1/rooms/{room}                                 none none old  none ok   404  404  404  404  ban  ok   ok   ok   ok   ok   404  404
GET    /v1/rooms/by-key/{key}                           none none old  none ok   404  404  404  404  404  ok   ok   ok   ok   ok   404  404
POST   /v1/rooms key                                    none none old  none ok   taken taken taken taken taken ok   ok   ok   ok   ok   taken taken
PATCH  /v1/rooms/{room}                                 none none old  none susp 404  404  404  404  ban  no   no   no   ok   ok   404  404
DELETE /v1/rooms/{room}                                 none none old  none susp 404  404  none 404  ban  no   no   no   no   ok   404  404
GET    /v1/rooms/{room}/export                          none none old  none susp 404  404  none 404  ban  no   no   no   no   ok   404  404
GET    /v1/rooms/{room}/members                         none none old  none ok   404  404  404  404  ban  ok   ok   ok   ok   ok   404  404
PUT    /v1/rooms/{room}/members/@me                     none none old  none ok   404  404  none ok   ban  ok   ok   ok   ok   ok   404  404
DELETE /v1/rooms/{room}/members/@me                     none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   last 404  404
PUT    /v1/rooms/{room}/members/{eve}                   none none old  none susp 404  404  404  404  ban  no   no   no   ok   ok   404  404
PATCH  /v1/rooms/{room}/members/{bo} role               none none old  none susp 404  404  404  404  ban  no   no   no   ok   ok   404  404
PATCH  /v1/rooms/{room}/members/{bo} same               none none old  none susp 404  404  404  404  ban  no   no   no   ok   ok   404  404
PATCH  /v1/rooms/{room}/members/{bo} mute               none none old  none susp 404  404  404  404  ban  no   no   ok   ok   ok   404  404
PATCH  /v1/rooms/{room}/members/{bo} clear              none none old  none susp 404  404  404  404  ban  no   no   ok   ok   ok   404  404
DELETE /v1/rooms/{room}/members/{bo}                    none none old  none susp 404  404  404  404  ban  no   no   ok   ok   ok   404  404
GET    /v1/rooms/{room}/bans                            none none old  none susp 404  404  none 404  ban  no   no   ok   ok   ok   404  404
PUT    /v1/rooms/{room}/bans/{bo}                       none none old  none susp 404  404  404  404  ban  no   no   ok   ok   ok   404  404
DELETE /v1/rooms/{room}/bans/{eve}                      none none old  none susp 404  404  404  404  ban  no   no   ok   ok   ok   404  404
GET    /v1/rooms/{room}/allowlist                       none none old  none susp 404  404  none 404  ban  no   no   no   ok   ok   404  404
PUT    /v1/rooms/{room}/allowlist/{eve}                 none none old  none susp 404  404  none 404  ban  no   no   no   ok   ok   404  404
DELETE /v1/rooms/{room}/allowlist/{eve}                 none none old  none susp 404  404  none 404  ban  no   no   no   ok   ok   404  404
GET    /v1/rooms/{room}/invites                         none none old  none susp 404  404  none 404  ban  no   no   no   ok   ok   404  404
POST   /v1/rooms/{room}/invites                         none none old  none susp 404  404  none 404  ban  no   no   no   ok   ok   404  404
DELETE /v1/rooms/{room}/invites/{invite}                none none old  none susp 404  404  none 404  ban  no   no   no   ok   ok   404  404
GET    /v1/invites/{code}                               none none old  none ok   ok   ok   none ok   ban  ok   ok   ok   ok   ok   ok   ok
GET    /v1/rooms/{room}/audit                           none none old  none susp 404  404  none 404  ban  no   no   ok   ok   ok   404  404
POST   /v1/rooms/{room}/messages                        none none old  none susp 404  404  404  404  ban  mute ok   ok   ok   ok   404  404
POST   /v1/rooms/{room}/messages again                  none none old  none ok   404  404  404  404  ban  ok   ok   ok   ok   ok   404  404
GET    /v1/rooms/{room}/messages                        none none old  none ok   404  404  404  404  ban  ok   ok   ok   ok   ok   404  404
DELETE /v1/rooms/{room}/messages                        none none old  none susp 404  404  none 404  ban  no   no   ok   ok   ok   404  404
GET    /v1/rooms/{room}/messages/{own}                  none none old  none ok   404  404  404  404  ban  ok   ok   ok   ok   ok   404  404
GET    /v1/rooms/{room}/messages/{others}               none none old  none ok   404  404  404  404  ban  ok   ok   ok   ok   ok   404  404
PATCH  /v1/rooms/{room}/messages/{own}                  none none old  none susp 404  404  404  404  ban  mute ok   ok   ok   ok   404  404
PATCH  /v1/rooms/{room}/messages/{others}               none none old  none no   404  404  404  404  ban  no   no   no   no   no   404  404
DELETE /v1/rooms/{room}/messages/{own}                  none none old  none susp 404  404  404  404  ban  ok   ok   ok   ok   ok   404  404
DELETE /v1/rooms/{room}/messages/{others}               none none old  none susp 404  404  404  404  ban  no   no   ok   ok   ok   404  404
GET    /v1/rooms/{room}/messages/{own}/versions         none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
GET    /v1/rooms/{room}/messages/{others}/replies       none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
GET    /v1/rooms/{room}/messages/{others}/reactions/{emoji} none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
PUT    /v1/rooms/{room}/messages/{others}/reactions/{emoji}/@me none none old  none susp 404  404  none 404  ban  mute ok   ok   ok   ok   404  404
DELETE /v1/rooms/{room}/messages/{others}/reactions/{emoji}/@me none none old  none susp 404  404  none 404  ban  mute ok   ok   ok   ok   404  404
GET    /v1/rooms/{room}/pins                            none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
GET    /v1/rooms/{room}/search                          none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
PUT    /v1/rooms/{room}/pins/{others}                   none none old  none susp 404  404  none 404  ban  no   no   ok   ok   ok   404  404
DELETE /v1/rooms/{room}/pins/{others}                   none none old  none susp 404  404  none 404  ban  no   no   ok   ok   ok   404  404
POST   /v1/rooms/{room}/batch                           none none old  none susp 404  404  none 404  ban  mute ok   ok   ok   ok   404  404
PUT    /v1/rooms/{room}/read-marker                     none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
PATCH  /v1/rooms/{room}/members/@me                     none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
GET    /v1/rooms/{room}/messages/{others}/following     none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
PUT    /v1/rooms/{room}/messages/{others}/following     none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
DELETE /v1/rooms/{room}/messages/{others}/following     none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
PUT    /v1/rooms/{room}/messages/{others}/read-marker   none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
GET    /v1/rooms/{room}/events                          none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
PUT    /v1/rooms/{room}/avatar                          none none old  none susp 404  404  none 404  ban  no   no   no   ok   ok   404  404
DELETE /v1/rooms/{room}/avatar                          none none old  none susp 404  404  none 404  ban  no   no   no   ok   ok   404  404
POST   /v1/rooms/{room}/media                           none none old  none susp 404  404  none 404  ban  mute ok   ok   ok   ok   404  404
GET    /v1/rooms/{room}/media                           none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
POST   /v1/rooms/{room}/media-token                     none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
GET    /v1/media/{media}                                none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
POST   /v1/rooms/{room}/uploads                         none none old  none susp 404  404  none 404  ban  mute ok   ok   ok   ok   404  404
GET    /v1/rooms/{room}/uploads/{upload}                none none old  none 404  404  404  none 404  404  404  404  404  404  404  404  404
PATCH  /v1/rooms/{room}/uploads/{upload}                none none old  none susp 404  404  none 404  ban  mute 404  404  404  404  404  404
DELETE /v1/rooms/{room}/uploads/{upload}                none none old  none 404  404  404  none 404  404  404  404  404  404  404  404  404
GET    /v1/rooms/{room}/socket                          none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
SOCKET message.post                                     none none old  none susp 404  404  none 404  ban  mute ok   ok   ok   ok   404  404
SOCKET message.edit {own}                               none none old  none susp 404  404  none 404  ban  mute ok   ok   ok   ok   404  404
SOCKET message.edit {others}                            none none old  none no   404  404  none 404  ban  no   no   no   no   no   404  404
SOCKET message.delete {own}                             none none old  none susp 404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
SOCKET message.delete {others}                          none none old  none susp 404  404  none 404  ban  no   no   ok   ok   ok   404  404
SOCKET reaction.add                                     none none old  none susp 404  404  none 404  ban  mute ok   ok   ok   ok   404  404
SOCKET reaction.remove                                  none none old  none susp 404  404  none 404  ban  mute ok   ok   ok   ok   404  404
SOCKET read.mark                                        none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
SOCKET thread.follow                                    none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
SOCKET thread.unfollow                                  none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
SOCKET thread.read                                      none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
SOCKET typing                                           none none old  none susp 404  404  none 404  ban  mute ok   ok   ok   ok   404  404
SOCKET live.send                                        none none old  none susp 404  404  none 404  ban  mute ok   ok   ok   ok   404  404
SOCKET auth                                             none none old  none ok   404  404  none 404  ban  ok   ok   ok   ok   ok   404  404
`

const DIRECT = `
                                                        none junk old  gone susp str  gst  key  blk  mem  smod sadm
GET    /v1/rooms/{room}                                 none none old  none ok   404  404  404  ok   ok   404  404
PATCH  /v1/rooms/{room}                                 none none old  none no   404  404  404  no   no   404  404
DELETE /v1/rooms/{room}                                 none none old  none no   404  404  none no   no   404  404
GET    /v1/rooms/{room}/export                          none none old  none no   404  404  none no   no   404  404
GET    /v1/rooms/{room}/members                         none none old  none ok   404  404  404  ok   ok   404  404
PUT    /v1/rooms/{room}/members/@me                     none none old  none ok   404  404  none ok   ok   404  404
DELETE /v1/rooms/{room}/members/@me                     none none old  none no   404  404  none no   no   404  404
PUT    /v1/rooms/{room}/members/{eve}                   none none old  none no   404  404  404  no   no   404  404
PATCH  /v1/rooms/{room}/members/{bo} role               none none old  none no   404  404  404  no   no   404  404
PATCH  /v1/rooms/{room}/members/{bo} same               none none old  none no   404  404  404  no   no   404  404
PATCH  /v1/rooms/{room}/members/{bo} mute               none none old  none no   404  404  404  no   no   404  404
PATCH  /v1/rooms/{room}/members/{bo} clear              none none old  none no   404  404  404  no   no   404  404
DELETE /v1/rooms/{room}/members/{bo}                    none none old  none no   404  404  404  no   no   404  404
GET    /v1/rooms/{room}/bans                            none none old  none no   404  404  none no   no   404  404
PUT    /v1/rooms/{room}/bans/{bo}                       none none old  none no   404  404  404  no   no   404  404
DELETE /v1/rooms/{room}/bans/{eve}                      none none old  none no   404  404  404  no   no   404  404
GET    /v1/rooms/{room}/allowlist                       none none old  none no   404  404  none no   no   404  404
PUT    /v1/rooms/{room}/allowlist/{eve}                 none none old  none no   404  404  none no   no   404  404
DELETE /v1/rooms/{room}/allowlist/{eve}                 none none old  none no   404  404  none no   no   404  404
GET    /v1/rooms/{room}/invites                         none none old  none no   404  404  none no   no   404  404
POST   /v1/rooms/{room}/invites                         none none old  none no   404  404  none no   no   404  404
GET    /v1/rooms/{room}/audit                           none none old  none no   404  404  none no   no   404  404
POST   /v1/rooms/{room}/messages                        none none old  none susp 404  404  404  nc   ok   404  404
POST   /v1/rooms/{room}/messages again                  none none old  none ok   404  404  404  ok   ok   404  404
GET    /v1/rooms/{room}/messages                        none none old  none ok   404  404  404  ok   ok   404  404
DELETE /v1/rooms/{room}/messages                        none none old  none no   404  404  none no   no   404  404
GET    /v1/rooms/{room}/messages/{own}                  none none old  none ok   404  404  404  ok   ok   404  404
GET    /v1/rooms/{room}/messages/{others}               none none old  none ok   404  404  404  ok   ok   404  404
PATCH  /v1/rooms/{room}/messages/{own}                  none none old  none susp 404  404  404  nc   ok   404  404
PATCH  /v1/rooms/{room}/messages/{others}               none none old  none no   404  404  404  no   no   404  404
DELETE /v1/rooms/{room}/messages/{own}                  none none old  none susp 404  404  404  ok   ok   404  404
DELETE /v1/rooms/{room}/messages/{others}               none none old  none no   404  404  404  no   no   404  404
GET    /v1/rooms/{room}/messages/{own}/versions         none none old  none ok   404  404  none ok   ok   404  404
GET    /v1/rooms/{room}/messages/{others}/replies       none none old  none ok   404  404  none ok   ok   404  404
GET    /v1/rooms/{room}/messages/{others}/reactions/{emoji} none none old  none ok   404  404  none ok   ok   404  404
PUT    /v1/rooms/{room}/messages/{others}/reactions/{emoji}/@me none none old  none susp 404  404  none nc   ok   404  404
DELETE /v1/rooms/{room}/messages/{others}/reactions/{emoji}/@me none none old  none susp 404  404  none nc   ok   404  404
GET    /v1/rooms/{room}/pins                            none none old  none ok   404  404  none ok   ok   404  404
GET    /v1/rooms/{room}/search                          none none old  none ok   404  404  none ok   ok   404  404
PUT    /v1/rooms/{room}/pins/{others}                   none none old  none susp 404  404  none nc   ok   404  404
DELETE /v1/rooms/{room}/pins/{others}                   none none old  none susp 404  404  none nc   ok   404  404
POST   /v1/rooms/{room}/batch                           none none old  none susp 404  404  none nc   ok   404  404
PUT    /v1/rooms/{room}/read-marker                     none none old  none ok   404  404  none ok   ok   404  404
PATCH  /v1/rooms/{room}/members/@me                     none none old  none ok   404  404  none ok   ok   404  404
GET    /v1/rooms/{room}/messages/{others}/following     none none old  none ok   404  404  none ok   ok   404  404
PUT    /v1/rooms/{room}/messages/{others}/following     none none old  none ok   404  404  none ok   ok   404  404
DELETE /v1/rooms/{room}/messages/{others}/following     none none old  none ok   404  404  none ok   ok   404  404
PUT    /v1/rooms/{room}/messages/{others}/read-marker   none none old  none ok   404  404  none ok   ok   404  404
GET    /v1/rooms/{room}/events                          none none old  none ok   404  404  none ok   ok   404  404
PUT    /v1/rooms/{room}/avatar                          none none old  none no   404  404  none no   no   404  404
DELETE /v1/rooms/{room}/avatar                          none none old  none no   404  404  none no   no   404  404
POST   /v1/rooms/{room}/media                           none none old  none susp 404  404  none nc   ok   404  404
GET    /v1/rooms/{room}/media                           none none old  none ok   404  404  none ok   ok   404  404
POST   /v1/rooms/{room}/media-token                     none none old  none ok   404  404  none ok   ok   404  404
GET    /v1/media/{media}                                none none old  none ok   404  404  none 404  ok   404  404
POST   /v1/rooms/{room}/uploads                         none none old  none susp 404  404  none nc   ok   404  404
GET    /v1/rooms/{room}/uploads/{upload}                none none old  none 404  404  404  none 404  404  404  404
PATCH  /v1/rooms/{room}/uploads/{upload}                none none old  none susp 404  404  none nc   404  404  404
DELETE /v1/rooms/{room}/uploads/{upload}                none none old  none 404  404  404  none 404  404  404  404
GET    /v1/rooms/{room}/socket                          none none old  none ok   404  404  none ok   ok   404  404
SOCKET message.post                                     none none old  none susp 404  404  none nc   ok   404  404
SOCKET message.edit {own}                               none none old  none susp 404  404  none nc   ok   404  404
SOCKET message.edit {others}                            none none old  none no   404  404  none no   no   404  404
SOCKET message.delete {own}                             none none old  none susp 404  404  none ok   ok   404  404
SOCKET message.delete {others}                          none none old  none no   404  404  none no   no   404  404
SOCKET reaction.add                                     none none old  none susp 404  404  none nc   ok   404  404
SOCKET reaction.remove                                  none none old  none susp 404  404  none nc   ok   404  404
SOCKET read.mark                                        none none old  none ok   404  404  none ok   ok   404  404
SOCKET thread.follow                                    none none old  none ok   404  404  none ok   ok   404  404
SOCKET thread.unfollow                                  none none old  none ok   404  404  none ok   ok   404  404
SOCKET thread.read                                      none none old  none ok   404  404  none ok   ok   404  404
SOCKET typing                                           none none old  none susp 404  404  none nc   ok   404  404
SOCKET live.send                                        none none old  none susp 404  404  none nc   ok   404  404
SOCKET auth                                             none none old  none ok   404  404  none ok   ok   404  404
`

interface Policy {
  title: string
  table: string
  room: Record<string, unknown>
}

export const openToAll = OPEN_TO_ALL.trim().split('\n')

export const policies: Policy[] = [
  { title: 'the site', table: SITE, room: {} },
  { title: 'an open room', table: OPEN, room: { access: 'open', listed: true } },
  {
    title: 'an open, unlisted room, which site staff reach too',
    table: OPEN,
    room: { access: 'open', listed: false },
  },
  {
    title: 'a closed, listed room',
    table: CLOSED_LISTED,
    room: { access: 'closed', listed: true },
  },
  {
    title: 'a closed, unlisted room',
    table: CLOSED_UNLISTED,
    room: { access: 'closed', listed: false },
  },
  { title: 'a direct room', table: DIRECT, room: { kind: 'direct' } },
]
