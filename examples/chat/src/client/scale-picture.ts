import { LIMITS } from "../protocol.ts";

/** Files beyond this are not even opened. */
const MOST_FILE_BYTES = 40 * 1024 * 1024;
const PLAIN = ["image/png", "image/jpeg", "image/gif", "image/webp"];
/** Tried in turn until the picture is small enough. */
const STEPS = [
  { longestPx: 1600, quality: 0.85 },
  { longestPx: 1280, quality: 0.75 },
  { longestPx: 960, quality: 0.65 },
  { longestPx: 640, quality: 0.5 },
] as const;

export interface ScaledPicture {
  readonly bytes: ArrayBuffer;
  readonly type: string;
}

/**
 * Makes a picture fit for sending. A small one goes as it is, animation included; a large one is scaled down.
 *
 * @throws {Error} with a sentence for the user.
 */
export async function scalePicture(file: Blob): Promise<ScaledPicture> {
  if (file.size > MOST_FILE_BYTES) throw new Error("This file is too large for a chat.");
  if (PLAIN.includes(file.type) && file.size <= LIMITS.pictureBytes / 2)
    return { bytes: await file.arrayBuffer(), type: file.type };
  const image = await createImageBitmap(file).catch((cause: unknown) => {
    throw new Error("The browser cannot read this file as a picture.", { cause });
  });
  try {
    for (const { longestPx, quality } of STEPS) {
      const scaled = await draw(image, longestPx, quality);
      if (scaled.size <= LIMITS.pictureBytes) return { bytes: await scaled.arrayBuffer(), type: scaled.type };
    }
  } finally {
    image.close();
  }
  throw new Error("This picture stays too large, however it is scaled.");
}

function draw(image: ImageBitmap, longestPx: number, quality: number): Promise<Blob> {
  const scale = Math.min(1, longestPx / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    // A browser that cannot write WebP writes PNG here, which the size check above then judges.
    const done = (blob: Blob | null) =>
      blob === null ? reject(new Error("The browser could not scale this picture.")) : resolve(blob);
    canvas.toBlob(done, "image/webp", quality);
  });
}
