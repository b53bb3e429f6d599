import { invalidToken, type Secrets, sign, verifyClaims } from './tokens'

/** What a link opens: one archive of one export. */
export interface ExportLink {
  userId: string
  exportId: string
  archive: number
}

/** Signs the token of a link that a browser can open without headers, until the export expires. */
export const signExportToken = (
  secret: string,
  { userId, exportId, archive }: ExportLink,
  expiresAt: number,
): Promise<string> =>
  sign(secret, {
    sub: userId,
    jti: exportId,
    archive,
    aud: 'export',
    exp: Math.floor(expiresAt / 1000),
  })

/** Throws as `verifyAccessToken` does. */
export async function verifyExportToken(
  secrets: Secrets,
  token: string,
  now: number,
): Promise<ExportLink> {
  const { sub, jti, archive } = (await verifyClaims(secrets, token, 'export', now)).claims
  if (!sub || !jti || typeof archive !== 'number') throw invalidToken()
  return { userId: sub, exportId: jti, archive }
}
