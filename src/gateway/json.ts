// Whatever JSON may hold goes in; whether it is an object, or what is in it as a list, comes out.

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whatever should be a list, as one: nothing in it where it is none. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
