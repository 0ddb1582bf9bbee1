// What the upload form says about its file, as the API takes it.

/** Returns the options that somebody filled in, and the file's name. */
export function readingOptions(form, file) {
  const query = new URLSearchParams({ name: file.name });
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value !== "") query.set(name, value);
  }
  return query;
}
