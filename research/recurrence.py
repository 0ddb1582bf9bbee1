"""The recurrent part of many LSTMs at once: one batched product and one fused kernel per step.

`recur` takes the input's share of the gates (n, b, t, 4u), in the order i, f, g, o, and the
recurrent weights (n, u, 4u); it returns the states (n, b, t, u). PyTorch's own LSTM takes one set
of weights per call, and a step of PyTorch operations is a dozen kernels. A CPU has no Triton, so
`plain` serves there.
"""

import torch

try:
    import triton
    import triton.language as tl
except ImportError:
    triton = None


def recur(x_gates, recurrent):
    if triton is None or not x_gates.is_cuda:
        return plain(x_gates, recurrent)
    return Recurrence.apply(x_gates, recurrent)


def plain(x_gates, recurrent):
    n, b, _, u4 = x_gates.shape
    h = c = x_gates.new_zeros(n, b, u4 // 4)
    out = []
    for step in x_gates.transpose(1, 2).unbind(1):
        i, f, g, o = (step + torch.bmm(h, recurrent)).chunk(4, -1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        out.append(h)
    return torch.stack(out, 2)


if triton is not None:

    @triton.jit
    def tanh(x):
        return 2 * tl.sigmoid(2 * x) - 1

    @triton.jit(do_not_specialize=["step"])
    def forward_step(gates, product, h, c, step, length, u: tl.constexpr, block: tl.constexpr):
        """Replace gates by their activations; write h and c at `step` + 1 (position 0 is zeros)."""
        row, unit = tl.program_id(0).to(tl.int64), tl.arange(0, block)
        there = unit < u
        at = (row * length + step) * 4 * u + unit
        own = row * 4 * u + unit
        i = tl.load(gates + at, there) + tl.load(product + own, there)
        f = tl.load(gates + at + u, there) + tl.load(product + own + u, there)
        g = tl.load(gates + at + 2 * u, there) + tl.load(product + own + 2 * u, there)
        o = tl.load(gates + at + 3 * u, there) + tl.load(product + own + 3 * u, there)
        i, f, g, o = tl.sigmoid(i), tl.sigmoid(f), tanh(g), tl.sigmoid(o)
        state = (row * (length + 1) + step) * u + unit
        now = f * tl.load(c + state, there) + i * g
        tl.store(c + state + u, now, there)
        tl.store(h + state + u, o * tanh(now), there)
        tl.store(gates + at, i, there)
        tl.store(gates + at + u, f, there)
        tl.store(gates + at + 2 * u, g, there)
        tl.store(gates + at + 3 * u, o, there)

    @triton.jit(do_not_specialize=["step"])
    def backward_step(
        gates, dh, product, c, dc, step, length, u: tl.constexpr, block: tl.constexpr
    ):
        """Replace activations by the gates' gradient; dc carries over from step to step."""
        row, unit = tl.program_id(0).to(tl.int64), tl.arange(0, block)
        there = unit < u
        at = (row * length + step) * 4 * u + unit
        state = (row * (length + 1) + step) * u + unit
        i = tl.load(gates + at, there)
        f = tl.load(gates + at + u, there)
        g = tl.load(gates + at + 2 * u, there)
        o = tl.load(gates + at + 3 * u, there)
        before, now = tl.load(c + state, there), tanh(tl.load(c + state + u, there))
        d = tl.load(dh + (row * length + step) * u + unit, there)
        d += tl.load(product + row * u + unit, there)
        carried = tl.load(dc + row * u + unit, there) + d * o * (1 - now * now)
        tl.store(gates + at, carried * g * i * (1 - i), there)
        tl.store(gates + at + u, carried * before * f * (1 - f), there)
        tl.store(gates + at + 2 * u, carried * i * (1 - g * g), there)
        tl.store(gates + at + 3 * u, d * now * o * (1 - o), there)
        tl.store(dc + row * u + unit, carried * f, there)


class Recurrence(torch.autograd.Function):
    """Compute `plain`, reusing the memory of `x_gates` for activations and gradients."""

    @staticmethod
    def forward(ctx, x_gates, recurrent):
        n, b, t, u4 = x_gates.shape
        u = u4 // 4
        gates = x_gates.contiguous()
        h, c = x_gates.new_zeros(n, b, t + 1, u), x_gates.new_zeros(n, b, t + 1, u)
        product = x_gates.new_empty(n, b, u4)
        block = triton.next_power_of_2(u)
        for step in range(t):
            torch.bmm(h[:, :, step], recurrent, out=product)
            forward_step[(n * b,)](gates, product, h, c, step, t, u, block, num_warps=2)
        ctx.save_for_backward(gates, recurrent, h, c)
        return h[:, :, 1:]

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, dh):
        gates, recurrent, h, c = ctx.saved_tensors
        n, b, t, u = dh.shape
        dh = dh.contiguous()
        product, dc = dh.new_zeros(n, b, u), dh.new_zeros(n, b, u)
        back = recurrent.transpose(1, 2)
        block = triton.next_power_of_2(u)
        for step in reversed(range(t)):
            backward_step[(n * b,)](gates, dh, product, c, dc, step, t, u, block, num_warps=2)
            torch.bmm(gates[:, :, step], back, out=product)
        before = h[:, :, :-1].reshape(n, b * t, u).transpose(1, 2)
        return gates, torch.bmm(before, gates.view(n, b * t, 4 * u))
