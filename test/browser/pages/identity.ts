// A front end that logs in at an identity provider, as docs/api.md shows it.

const base64url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '')

async function logIn(api: string): Promise<void> {
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)))
  sessionStorage.setItem('api', api)
  sessionStorage.setItem('verifier', verifier)
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  const query = new URLSearchParams({
    challenge: base64url(new Uint8Array(hash)),
    returnTo: location.origin + location.pathname,
  })
  location.assign(`${api}/v1/identity/example/start?${query}`)
}

/** Opens a session by the code that the page got, and asks with it who one is. */
async function open(codeVerifier = sessionStorage.getItem('verifier') ?? '') {
  const api = sessionStorage.getItem('api')
  const answer = await fetch(`${api}/v1/sessions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code: told.code, codeVerifier }),
  })
  const { session, code } = (await answer.json()) as {
    session?: { accessToken: string }
    code?: string
  }
  if (!session) return { status: answer.status, code }
  const Authorization = `Bearer ${session.accessToken}`
  const me = await fetch(`${api}/v1/me`, { headers: { Authorization } })
  return { status: answer.status, me: (await me.json()) as { id: string; displayName: string } }
}

const told = Object.fromEntries(new URLSearchParams(location.hash.slice(1)))
history.replaceState(null, '', location.pathname)
Object.assign(globalThis, { frontEnd: { logIn, open, told } })
