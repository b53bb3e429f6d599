import type { Context } from 'hono'
import { signExportToken, verifyExportToken } from '../auth/export-tokens'
import { secretsOf } from '../auth/tokens'
import * as personalExports from '../directory/personal-exports'
import { requireProof } from '../directory/step-up'
import { ApiError } from '../errors'
import { enqueue } from '../exports/personal-export'
import type { AppEnv } from '../http/context'
import { endpoint, router } from '../http/endpoint'
import { bytesOf, json, ok } from '../http/responses'
import * as who from '../http/who'
import { openArchive, PARTS_OF_ARCHIVE } from '../media/export-archive'
import { requireSession } from '../middleware/require-session'
import { ExportToken, PersonalExport } from '../schemas/exports'
import { iso, secondsUntil } from '../schemas/primitives'

const noExport = () => new ApiError('not_found', 'There is no export of your data. Ask for one.')

export const exportsOfUsers = router()
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/me/export',
      operationId: 'createExport',
      tags: ['me'],
      summary: 'Ask for an archive of everything that the service holds of you.',
      description:
        'It is made in the background; `export.ready` on the socket, and `GET /v1/me/export`, say when it is ready. You can have one a day. You must have proved who you are in this session within ten minutes.',
      who: who.signedIn,
      guards: [requireSession],
      responses: { 202: json(PersonalExport, 'The export, which has begun.') },
      problems: ['proof_required', 'too_many'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      await requireProof(directory, access, now)
      const begun = await personalExports.begin(directory, access.userId, now)
      enqueue(c.env, access.userId)
      return c.json(await shown(c, begun), 202)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/me/export',
      operationId: 'getExport',
      tags: ['me'],
      summary: 'See how far the export of your data is, and where to download it.',
      who: who.signedIn,
      guards: [requireSession],
      responses: ok(PersonalExport, 'Your export.'),
      problems: ['not_found'],
    }),
    async (c) => {
      const { directory, access, now } = c.var
      const found = await personalExports.find(directory, access.userId)
      if (!found || found.expiresAt <= now) throw noExport()
      return c.json(await shown(c, found), 200)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/exports/{token}',
      operationId: 'downloadExport',
      tags: ['me'],
      summary: 'Download an archive of your data, a tar file.',
      who: 'Anyone who has the link.',
      request: { params: ExportToken },
      responses: {
        200: { description: 'The archive.', content: bytesOf('application/x-tar') },
      },
      problems: ['not_found', 'unauthenticated', 'token_expired'],
    }),
    async (c) => {
      const { directory, now } = c.var
      const { token } = c.req.valid('param')
      const link = await verifyExportToken(secretsOf(c.env), token, now)
      const found = await personalExports.find(directory, link.userId)
      if (!found || found.id !== link.exportId || found.readyAt === null) throw noExport()
      const headers = {
        'Content-Type': 'application/x-tar',
        'Content-Disposition': `attachment; filename="chatroom-${iso(found.readyAt).slice(0, 10)}-${link.archive + 1}.tar"`,
        'Cache-Control': 'no-store',
      }
      if (c.req.method === 'HEAD') return new Response(null, { headers })
      const name = { ...found, readyAt: found.readyAt }
      const { readable, filled } = openArchive(c.env.MEDIA, name, link.archive)
      c.executionCtx.waitUntil(filled)
      return new Response(readable, { headers })
    },
  )

async function shown(
  { env, var: { now } }: Pick<Context<AppEnv>, 'env'> & { var: { now: number } },
  { userId, id, parts, requestedAt, readyAt, expiresAt }: personalExports.PersonalExport,
): Promise<PersonalExport> {
  const isReady = readyAt !== null
  const count = isReady ? Math.ceil(parts / PARTS_OF_ARCHIVE) : 0
  const archives = Array.from({ length: count }, async (_, archive) => {
    const token = await signExportToken(
      env.TOKEN_SECRET,
      { userId, exportId: id, archive },
      expiresAt,
    )
    return `/v1/exports/${token}`
  })
  return {
    state: isReady ? 'ready' : 'running',
    requestedAt: iso(requestedAt),
    readyAt: isReady ? iso(readyAt) : null,
    expiresAt: isReady ? iso(expiresAt) : null,
    expiresIn: isReady ? secondsUntil(expiresAt, now) : null,
    archives: await Promise.all(archives),
  }
}
