interface User {
  id: string
  token: string
  fetch: (path: string, init?: RequestInit) => Promise<Response>
}

/** Registers a user at a running service. */
export async function registerUser(url: string): Promise<User> {
  const answer = await fetch(`${url}/v1/users`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ password: 'correct horse battery staple' }),
  })
  const { me, session } = (await answer.json()) as {
    me: { id: string }
    session: { accessToken: string }
  }
  const token = session.accessToken
  const Authorization = `Bearer ${token}`
  return {
    id: me.id,
    token,
    fetch: (path, init = {}) =>
      fetch(`${url}${path}`, { ...init, headers: { Authorization, ...init.headers } }),
  }
}

export const postJson = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
})
