"""The devices that Keras uses."""


def device_names() -> tuple[str, ...]:
    """Return Keras' device names: all GPUs, or the CPU if there is none.

    This imports Keras and its backend, and makes TensorFlow look for GPUs.

    Returns:
        Tuple of str, such as "gpu:0".
    """
    import keras

    if keras.backend.backend() == "torch":  # Keras lists devices for its other backends only
        import torch

        return tuple(f"gpu:{n}" for n in range(torch.cuda.device_count())) or ("cpu:0",)
    return tuple(keras.distribution.list_devices())
