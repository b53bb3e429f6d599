/** Who a token is of, and when it ends. Reads without verifying, which is the service's work. */
export function claimsOf(token: string): { userId: string; expiresAt: number } {
  const [, payload = ''] = token.split('.')
  const { sub, exp } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')))
  return { userId: sub, expiresAt: exp * 1000 }
}
