import type { Person } from './person'

/** Two become friends. */
export async function befriend(one: Person, other: Person): Promise<void> {
  await one.put(`/v1/me/friend-requests/${other.id}`)
  await other.put(`/v1/me/friend-requests/${one.id}`)
}

export const relation = async (one: Person, other: Person) =>
  (await one.get(`/v1/users/${other.id}`)).body.relation

/** The ids on a list of someone's, its first page. */
export async function ids(one: Person, list: string): Promise<string[]> {
  const { body } = await one.get(`/v1/me/${list}`)
  return body.items.map(({ id }: { id: string }) => id)
}
