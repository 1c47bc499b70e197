// What the build put beside the page, in scripts and not in files that are fetched: the page also works from a disk.
let address;

export const parts = globalThis.cnncParts;

export default {
  workerAddress: () => address ??= URL.createObjectURL(new Blob([parts.worker], { type: 'text/javascript' })),
  parts: names => Object.fromEntries(names.map(name => [name, parts[name]]))
};

// The pictures of digits, which only training needs.
let digits;
export const digitsLoaded = () => digits ??= new Promise((resolve, reject) => {
  const script = document.createElement('script');
  script.src = 'digits.js';
  script.onload = () => resolve(globalThis.cnncDigits);
  script.onerror = () => reject(new Error('digits.js is missing beside the page'));
  document.head.append(script);
});
