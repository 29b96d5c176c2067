// What is wrong with a picture, as one sentence or two for people: the cause and the next step.

export class PictureError extends Error {
  override readonly name = 'PictureError';
}
