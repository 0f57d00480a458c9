"""A convolutional network for images of 28 to 32 pixels, small enough for a laptop's CPU."""

from keras import Input, Model, layers

from tlcourse.backbones.image_shape import check_image_shape


def small_cnn(input_shape=(28, 28, 1)):
    """Build three convolution blocks that turn images into features.

    block1: 5×5, 16 channels, stride 2; block2: 3×3, 32 channels, stride 2; block3: 3×3, 64
    channels, then 2×2 max pooling and flattening. Each convolution is followed by batch
    normalisation (Ioffe & Szegedy, 2015) and ReLU. Striding early instead of pooling late halves
    the cost of a step.

    Args:
        input_shape: (height, width, channels) of the images, at least 8×8 pixels.

    Returns:
        `keras.Model`: float images (n, *input_shape) in [0, 1] to features (n, d); d is 576 for
        28×28. Scaling to [-1, 1] is built in.
    """
    images = Input(check_image_shape(input_shape, "small_cnn", at_least=8), name="images")
    x = layers.Rescaling(2.0, offset=-1.0, name="to_minus_one_one")(images)
    for number, (width, kernel, stride) in enumerate(((16, 5, 2), (32, 3, 2), (64, 3, 1)), 1):
        block = f"block{number}"
        x = layers.Conv2D(
            width, kernel, strides=stride, padding="same", use_bias=False, name=f"{block}_conv"
        )(x)
        # The default momentum, 0.99, needs more steps than a lesson takes.
        x = layers.BatchNormalization(momentum=0.9, name=f"{block}_bn")(x)
        x = layers.ReLU(name=f"{block}_relu")(x)
    x = layers.MaxPooling2D(2, name="block3_pool")(x)
    return Model(images, layers.Flatten(name="features")(x), name="small_cnn")
