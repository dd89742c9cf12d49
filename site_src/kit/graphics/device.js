/* A graphics processor, by WebGPU: arrays on it, and lists of what it does with them (see plan.js in this folder). */
(function () {
  "use strict";

  const BYTES = 4; // of a number
  const NUMBERS = 64; // bytes for the numbers of one thing to do

  /** Returns a promise of a device with room for arrays of as many numbers; raises an error where there is none. */
  async function deviceFor(arrays) {
    const adapter = navigator.gpu ? await navigator.gpu.requestAdapter({ powerPreference: "high-performance" }) : null;
    if (!adapter) throw new Error("this browser offers pages no graphics processor");
    const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
    const [most, room] = [BYTES * Math.max(...Object.values(arrays)), Math.min(maxStorageBufferBindingSize, maxBufferSize)];
    if (most > room) throw new Error(`this network needs an array of ${Math.ceil(most / 2 ** 20)} MiB, and the graphics processor takes ${Math.floor(room / 2 ** 20)}`);
    return adapter.requestDevice({ requiredLimits: { maxStorageBufferBindingSize, maxBufferSize } });
  }

  /** Returns the bytes of numbers, in the order in which a shader names them. */
  function packed(shader, numbers) {
    const bytes = new DataView(new ArrayBuffer(NUMBERS));
    shader.numbers.forEach(([name, type], i) => {
      if (type === "f32") bytes.setFloat32(BYTES * i, numbers[name], true);
      else bytes.setUint32(BYTES * i, numbers[name], true);
    });
    return bytes.buffer;
  }

  /** Returns what does `work` and answers what it answers, after an error of the device has been looked for. */
  async function checked(device, work) {
    const kinds = ["validation", "out-of-memory"];
    for (const kind of kinds) device.pushErrorScope(kind);
    const found = await work();
    for (const _ of kinds) {
      const error = await device.popErrorScope();
      if (error) throw new Error(`the graphics processor refuses: ${error.message.slice(0, 200)}`);
    }
    return found;
  }

  /** Returns a promise of a machine that has the arrays, as many numbers each, all 0, and makes `steps` by the names
      of their shaders. */
  async function machineFor(shaders, arrays, steps) {
    const device = await deviceFor(arrays);
    let lost = null; // what is told once the device is lost
    device.lost.then(({ message }) => (lost = `the graphics processor was lost${message ? ` (${message})` : ""}`));
    const { STORAGE, COPY_SRC, COPY_DST, MAP_READ, UNIFORM } = GPUBufferUsage;
    const buffer = (size, usage) => device.createBuffer({ size, usage });

    async function prepared() {
      const held = Object.fromEntries(Object.entries(arrays).map(([name, n]) => [name, buffer(BYTES * n, STORAGE | COPY_SRC | COPY_DST)]));
      const names = [...new Set(steps.map(({ shader }) => shader))];
      const made = await Promise.all(names.map((name) => device.createComputePipelineAsync({ layout: "auto", compute: { module: device.createShaderModule({ code: shaders[name].code }) } })));
      const pipelines = Object.fromEntries(names.map((name, i) => [name, made[i]]));
      const ready = new Map();
      for (const one of steps) {
        const numbers = buffer(NUMBERS, UNIFORM | COPY_DST);
        const entries = [numbers, ...one.arrays.map((name) => held[name])].map((bound, binding) => ({ binding, resource: { buffer: bound } }));
        const bound = device.createBindGroup({ layout: pipelines[one.shader].getBindGroupLayout(0), entries });
        device.queue.writeBuffer(numbers, 0, packed(shaders[one.shader], one.numbers));
        ready.set(one, { numbers, bound, pipeline: pipelines[one.shader] });
      }
      return { held, ready };
    }
    const { held, ready } = await checked(device, prepared);

    return {
      write: (name, values) => device.queue.writeBuffer(held[name], 0, values),
      /** Gives one thing to do other numbers, from its next time on. */
      tell: (one, numbers) => device.queue.writeBuffer(ready.get(one).numbers, 0, packed(shaders[one.shader], { ...one.numbers, ...numbers })),
      run(list) {
        const encoder = device.createCommandEncoder();
        const pass = encoder.beginComputePass();
        for (const one of list) {
          const { pipeline, bound } = ready.get(one);
          pass.setPipeline(pipeline);
          pass.setBindGroup(0, bound);
          pass.dispatchWorkgroups(...one.groups);
        }
        pass.end();
        device.queue.submit([encoder.finish()]);
      },
      /** Returns a promise of the bytes of arrays, once all that was asked before is done. */
      async read(...names) {
        if (lost) throw new Error(lost);
        const encoder = device.createCommandEncoder();
        const copies = names.map((name) => buffer(held[name].size, MAP_READ | COPY_DST));
        names.forEach((name, i) => encoder.copyBufferToBuffer(held[name], 0, copies[i], 0, held[name].size));
        device.queue.submit([encoder.finish()]);
        try {
          await Promise.all(copies.map((copy) => copy.mapAsync(GPUMapMode.READ)));
        } catch (error) {
          throw new Error(lost ?? `the graphics processor does not answer (${error.message})`);
        }
        return copies.map((copy) => {
          const bytes = copy.getMappedRange().slice(0);
          copy.destroy();
          return bytes;
        });
      },
      close: () => device.destroy(),
    };
  }

  Timeless.graphics = { ...Timeless.graphics, machineFor };
})();
