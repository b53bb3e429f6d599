import type { InputHTMLAttributes } from 'preact'
import { useId } from 'preact/hooks'

interface FieldProps extends Omit<InputHTMLAttributes, 'label' | 'hint' | 'id'> {
  label: string
  hint?: string | undefined
  /** What is wrong with what was sent. */
  error?: string | undefined
  /** Of several lines. */
  rows?: number
  /** One of these, which begins as `defaultValue` where a form sends it, or is `value` until another is chosen. */
  options?: readonly (readonly [value: string, label: string])[]
}

/** A labelled control of a form, with a hint and an error that are read with it. */
export function Field({ label, hint, error, rows, options, ...given }: FieldProps) {
  const id = useId()
  const notes = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  const control = {
    ...(given as object),
    id,
    'aria-describedby': notes || undefined,
    'aria-invalid': error ? true : undefined,
  }
  const chosen = given.value ?? given.defaultValue
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {options ? (
        <select {...control}>
          {options.map(([value, text]) => (
            <option key={value} value={value} selected={value === chosen}>
              {text}
            </option>
          ))}
        </select>
      ) : rows ? (
        <textarea {...control} rows={rows} />
      ) : (
        <input {...control} />
      )}
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  )
}

/** What a form was refused for, at the place where one looks after pressing its button. */
export function FormProblem({ problem }: { problem: string | null }) {
  return (
    <p class="form-problem" role="alert">
      {problem}
    </p>
  )
}
