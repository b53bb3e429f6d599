const service = new URLSearchParams(location.search).get('service') ?? 'http://localhost:8787'
const [form, list] = [document.forms[0], document.getElementById('messages')]
const unsent = new Map() // by nonce: the service posts each once, however often it is sent
let seq = 999_999_999_999_999 // further than any: the room answers with its latest messages
let socket
form.onsubmit = (event) => {
  event.preventDefault()
  const nonce = crypto.randomUUID()
  unsent.set(nonce, form.elements.text.value)
  if (socket?.readyState === 1) send(nonce)
  form.reset()
}
async function post(path, body, headers = {}) {
  const init = { method: 'POST', body: JSON.stringify(body) }
  init.headers = { 'Content-Type': 'application/json', ...headers }
  return (await fetch(service + path, init)).json()
}
const { accessToken: token } = (await post('/v1/users', { guest: true })).session
const room = await post('/v1/rooms', { key: 'lobby' }, { Authorization: `Bearer ${token}` })
const url = `${service.replace('http', 'ws')}/v1/rooms/${room.id}/socket`
function connect(wait = 500) {
  socket = new WebSocket(`${url}?after=${seq}`, ['chat.v1', `bearer.${token}`])
  socket.onopen = () => socket.send('ping') // or its end is heard of late
  socket.onmessage = ({ data }) => data === 'pong' || read(JSON.parse(data))
  const again = () => setTimeout(connect, Math.random() * wait, Math.min(wait * 2, 30_000))
  socket.onclose = ({ code }) => code < 4400 && again() // from 4400 on it is told to stay away
}
function read({ ready, events = [] }) {
  if (ready?.snapshot) list.replaceChildren(...ready.snapshot.messages.map(draw))
  for (const { type, message } of events) if (type === 'message.posted') list.append(draw(message))
  seq = events.at(-1)?.seq ?? ready?.snapshot?.seq ?? seq
  if (ready) for (const nonce of unsent.keys()) send(nonce)
}
const send = (nonce, text = unsent.get(nonce)) =>
  socket.send(JSON.stringify({ do: 'message.post', ref: nonce, nonce, text }))
function draw({ nonce, author: { displayName: name }, text }) {
  unsent.delete(nonce)
  return Object.assign(document.createElement('p'), { textContent: `${name}: ${text}` })
}
connect()
