import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useChat } from '../../client/react/chatroom-react'
import type { ChatMessage } from '../../client/store/unsent'
import { forEditing, forSending } from '../app/markup'
import { useAction } from '../app/requests'
import { FormProblem } from '../components/field'

interface EditorProps {
  roomId: string
  message: ChatMessage
  onDone: () => void
}

/** A message while its author changes it. Escape leaves it as it was. */
export function MessageEditor({ roomId, message, onDone }: EditorProps) {
  const chat = useChat()
  const before = useMemo(() => forEditing(message.text ?? ''), [message.text])
  const [text, setText] = useState(before.text)
  const field = useRef<HTMLTextAreaElement>(null)
  const { run, isBusy, problem } = useAction(async () => {
    const sent = forSending(text.trim(), before.mentions)
    if (message.seq !== null && sent !== message.text)
      await chat.room(roomId).edit(message.seq, sent)
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: where it begins
  useEffect(() => {
    field.current?.focus()
    field.current?.setSelectionRange(text.length, text.length)
  }, [])
  const save = async () => {
    if (await run()) onDone()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return
    if (event.key === 'Escape') onDone()
    else if (event.key === 'Enter' && !event.shiftKey) save()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div class="editor">
      <textarea
        ref={field}
        aria-label="Edit the message"
        dir="auto"
        value={text}
        rows={1}
        maxLength={4000}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <FormProblem problem={problem} />
      <div class="editor-actions">
        <button type="button" class="button button-quiet button-small" onClick={onDone}>
          Cancel
        </button>
        <button
          type="button"
          class="button button-primary button-small"
          disabled={isBusy || !text.trim()}
          onClick={save}
        >
          Save
        </button>
      </div>
    </div>
  )
}
