import { bodyLimit } from 'hono/body-limit'
import { requestId } from 'hono/request-id'
import { secureHeaders } from 'hono/secure-headers'
import { open } from './directory/database'
import { ApiError } from './errors'
import { takesBytes } from './http/binary-paths'
import { router } from './http/endpoint'
import { cacheControl } from './middleware/cache-control'
import { cors } from './middleware/cors'
import { crossOriginResource } from './middleware/cross-origin-resource'
import { errorHandler } from './middleware/error-handler'
import { etag } from './middleware/etag'
import { methodNotAllowed } from './middleware/method-not-allowed'
import { methodOverride } from './middleware/method-override'
import { requestLog } from './middleware/request-log'
import { requireTokenSecret } from './middleware/require-token-secret'
import { requireTusVersion, tus } from './middleware/tus'
import { refuseByClose } from './middleware/upgrade'
import { allowlist } from './routes/allowlist'
import { appKeys } from './routes/app-keys'
import { audit } from './routes/audit'
import { avatars } from './routes/avatars'
import { bans } from './routes/bans'
import { batches } from './routes/batches'
import { blocks } from './routes/blocks'
import { bulkDelete } from './routes/bulk-delete'
import { capabilities } from './routes/capabilities'
import { directRooms } from './routes/direct-rooms'
import { docs } from './routes/docs'
import { email } from './routes/email'
import { factors } from './routes/factors'
import { follows } from './routes/follows'
import { friendRequests } from './routes/friend-requests'
import { friends } from './routes/friends'
import { health } from './routes/health'
import { home } from './routes/home'
import { identity } from './routes/identity'
import { inboxSocket } from './routes/inbox-socket'
import { invites } from './routes/invites'
import { localMail } from './routes/local-mail'
import { me } from './routes/me'
import { media } from './routes/media'
import { mediaDownload } from './routes/media-download'
import { memberModeration } from './routes/member-moderation'
import { members } from './routes/members'
import { mentions } from './routes/mentions'
import { messages } from './routes/messages'
import { myRooms } from './routes/my-rooms'
import { myThreads } from './routes/my-threads'
import { page } from './routes/page'
import { passkeys } from './routes/passkeys'
import { passwordResets } from './routes/password-resets'
import { exportsOfUsers } from './routes/personal-exports'
import { pins } from './routes/pins'
import { proof } from './routes/proof'
import { reactions } from './routes/reactions'
import { readMarker } from './routes/read-marker'
import { replies } from './routes/replies'
import { roles } from './routes/roles'
import { roomExport } from './routes/room-export'
import { rooms } from './routes/rooms'
import { search } from './routes/search'
import { sessions } from './routes/sessions'
import { siteAudit } from './routes/site-audit'
import { socket } from './routes/socket'
import { suspensions } from './routes/suspensions'
import { sync } from './routes/sync'
import { threads } from './routes/threads'
import { totp } from './routes/totp'
import { unread } from './routes/unread'
import { uploads } from './routes/uploads'
import { userSessions } from './routes/user-sessions'
import { users } from './routes/users'

const MAX_BODY = 64 * 1024
const bounded = bodyLimit({
  maxSize: MAX_BODY,
  onError: () => {
    throw new ApiError('too_large', `A request body may have at most ${MAX_BODY} bytes.`)
  },
})

const base = router()

base.onError(errorHandler)
base.notFound(() => {
  throw new ApiError('not_found', 'There is nothing at this path.')
})

base.use('/v1/rooms/:roomId/uploads/*', methodOverride(base))
base.use(requestId())
base.use(async function dependencies(c, next) {
  c.set('now', Date.now())
  c.set('directory', open(c.env.DB))
  await next()
})
base.use(requestLog)
base.use('/v1/media/*', crossOriginResource)
base.use('/v1/avatars/*', crossOriginResource)
base.use('/v1/rooms/:roomId/uploads/*', tus)
base.use(
  secureHeaders({
    // Only obsolete browsers read these.
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  }),
)
base.use(cors)
base.use('/v1/*', cacheControl)
base.use('/v1/rooms/:roomId/uploads/*', requireTusVersion)
base.use('/v1/rooms/:roomId/socket', refuseByClose)
base.use('/v1/me/socket', refuseByClose)
// Behind what a browser needs to read the refusal, before anything that writes.
base.use(requireTokenSecret)
base.use((c, next) => (takesBytes(c.req.path) ? next() : bounded(c, next)))
for (const path of ['/openapi.json', '/asyncapi.json']) base.use(path, etag)

/** Typed by all of its routes, so that `hc<typeof app>()` of hono/client is a typed client. */
export const app = base
  .route('/', users)
  .route('/', userSessions)
  .route('/', me)
  .route('/', exportsOfUsers)
  .route('/', friends)
  .route('/', friendRequests)
  .route('/', follows)
  .route('/', blocks)
  .route('/', directRooms)
  .route('/', sessions)
  .route('/', identity)
  .route('/', proof)
  .route('/', factors)
  .route('/', totp)
  .route('/', passkeys)
  .route('/', email)
  .route('/', passwordResets)
  .route('/', appKeys)
  .route('/', roles)
  .route('/', suspensions)
  .route('/', siteAudit)
  .route('/', myRooms)
  .route('/', rooms)
  .route('/', roomExport)
  .route('/', members)
  .route('/', messages)
  .route('/', avatars)
  .route('/', media)
  .route('/', uploads)
  .route('/', mediaDownload)
  .route('/', batches)
  .route('/', mentions)
  .route('/', myThreads)
  .route('/', unread)
  .route('/', sync)
  .route('/', reactions)
  .route('/', replies)
  .route('/', threads)
  .route('/', pins)
  .route('/', search)
  .route('/', allowlist)
  .route('/', audit)
  .route('/', bans)
  .route('/', bulkDelete)
  .route('/', invites)
  .route('/', memberModeration)
  .route('/', readMarker)
  .route('/', socket)
  .route('/', inboxSocket)
  .route('/', capabilities)
  .route('/', health)
  .route('/', localMail)
  .route('/', page)
  .route('/', home)
  .route('/', docs(base))

methodNotAllowed(base)
